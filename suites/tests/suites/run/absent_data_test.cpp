// What a run does about data that its folder does not hold.
#include "suites/run/absent_data.hpp"

#include "reports/store/store.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/suites/run/idx_files.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

namespace fs = std::filesystem;
using test::input_error_of;
using test::run_relu0;
using test::TemporaryFolder;
using test::write_idx_digits;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

const std::set<DataName> mnist_and_svhn{datasets::mnist, datasets::svhn};

TEST(AbsentData, IsNoneWhereNoFolderIsNamedOrEmbeddedImagesAreAllowed) {
  const TemporaryFolder folder;
  EXPECT_THAT(absent_data(mnist_and_svhn, {.named_experiments = true}), IsEmpty());
  EXPECT_THAT(absent_data(mnist_and_svhn,
                          {.folder = folder.path(), .allow_embedded = true, .named_experiments = true}),
              IsEmpty());
}

TEST(AbsentData, IsAnErrorWhereTheFolderHoldsNoneOfIt) {
  const TemporaryFolder folder;
  const std::string error = input_error_of([&] { absent_data(mnist_and_svhn, {.folder = folder.path()}); });
  EXPECT_THAT(error,
              HasSubstr("no MNIST in " + folder.path().string() + ": get it with ci/fetch-data mnist"));
  EXPECT_THAT(error, HasSubstr("no SVHN in " + folder.path().string()));
  EXPECT_THAT(error, HasSubstr("--allow-embedded measures on embedded images"));
}

TEST(AbsentData, IsLeftOutOfARunOfEverythingAndAnErrorInOneOfWhatWasNamed) {
  const TemporaryFolder folder;
  write_idx_digits(folder.path(), 0);
  const DataRequest everything{.folder = folder.path()};
  EXPECT_THAT(absent_data(mnist_and_svhn, everything),
              ElementsAre(Pair(DataName(datasets::svhn),
                               AllOf(HasSubstr("no SVHN in"), HasSubstr("ci/fetch-data svhn"),
                                     HasSubstr("--allow-embedded measures on embedded images instead")))));
  EXPECT_THAT(input_error_of(
                  [&] { absent_data(mnist_and_svhn, {.folder = folder.path(), .named_experiments = true}); }),
              AllOf(HasSubstr("no SVHN in"), Not(HasSubstr("no MNIST in")),
                    HasSubstr("--only data=MNIST leaves out what needs them")));
  EXPECT_THAT(absent_data({datasets::mnist}, {.folder = folder.path(), .named_experiments = true}),
              IsEmpty());
}

struct NearMissCase {
  const char* name;
  const char* file;
  const char* told;
};

void PrintTo(const NearMissCase& near_miss, std::ostream* out) { *out << near_miss.name; }

class NearMisses : public ::testing::TestWithParam<NearMissCase> {};

TEST_P(NearMisses, AreNamedWithTheRemedyAndNothingIsMeasured) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "data" / GetParam().file;
  fs::create_directories(file.parent_path());
  std::ofstream(file) << "an image";
  for (const bool by_variable : {false, true}) {
    std::vector<std::string> arguments{"run", "precision", "--out", folder.path() / "out"};
    test::Variables variables;
    if (by_variable) {
      variables["RELU0_DATA_DIR"] = folder.path() / "data";
    } else {
      arguments.insert(arguments.end(), {"--data", folder.path() / "data"});
    }
    const auto end = run_relu0(arguments, {}, variables);
    EXPECT_EQ(end.exit_code, exit_usage) << end.output;
    EXPECT_THAT(end.output, HasSubstr("no MNIST in " + (folder.path() / "data").string()));
    EXPECT_THAT(end.output, HasSubstr(GetParam().told));
    EXPECT_FALSE(fs::exists(folder.path() / "out"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    OfMnist, NearMisses,
    ::testing::Values(
        NearMissCase{"DottedName", "train-images.idx3-ubyte",
                     "train-images.idx3-ubyte was not used: a hyphen of its name is a dot"},
        NearMissCase{"DottedNameInItsFolder", "mnist/train-labels.idx1-ubyte.gz",
                     "train-labels.idx1-ubyte.gz was not used: a hyphen of its name is a dot"},
        NearMissCase{"OneFolderDown", "raw/train-images-idx3-ubyte",
                     "/raw was not used: it holds files of MNIST and is one folder further down"},
        NearMissCase{"DottedNameOneFolderDown", "raw/t10k-images.idx3-ubyte",
                     "raw/t10k-images.idx3-ubyte was not used: a hyphen"},
        NearMissCase{"TheFolderAboveTheDataFolder", "files/mnist/train-images-idx3-ubyte",
                     "/files was not used: it holds files of MNIST"},
        NearMissCase{"OfKeras", "mnist.npz", "mnist.npz was not used: it is the form that Keras reads"}),
    [](const auto& parameters) { return std::string(parameters.param.name); });

std::vector<std::string> tiny_run(const fs::path& out, const std::vector<std::string>& more) {
  std::vector<std::string> arguments{
      "run",      "--only",        "precision=fp16,network=mlp-3x256,network=VGG11,kind=sweep,kind=stream",
      "--images", "100",           "--networks",
      "1",        "--minibatches", "1",
      "--out",    out.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(AbsentData, WhatNeedsItIsNotRunAndSaysWhy) {
  const TemporaryFolder folder;
  write_idx_digits(folder.path() / "data", 0);
  const auto end = run_relu0(tiny_run(folder.path() / "out", {"--data", folder.path() / "data"}));
  ASSERT_EQ(end.exit_code, exit_pass) << end.output;
  const Store store = Store::open_for_reading(folder.path() / "out" / "results.sqlite");
  EXPECT_TRUE(store.environment().contains("data MNIST"));
  EXPECT_FALSE(store.environment().contains("data SVHN"));
  bool any_svhn = false;
  for (const Finding& finding : store.results().findings) {
    if (finding.id == "svhn-volume") {
      any_svhn = true;
      EXPECT_EQ(finding.verdict, Verdict::not_run);
      EXPECT_THAT(finding.why, finding.precision == Precision::fp16
                                   ? HasSubstr("no SVHN in " + (folder.path() / "data").string())
                                   : HasSubstr("not selected"));
    }
  }
  EXPECT_TRUE(any_svhn);
  EXPECT_THAT(store.results().notes,
              ::testing::Contains(HasSubstr("What measures on SVHN is not run: no SVHN in")));
}

TEST(AbsentData, StandInsAreMeasuredOnWhereTheyAreAllowedAndTheReportSaysSo) {
  const TemporaryFolder folder;
  write_idx_digits(folder.path() / "data", 0);
  const auto end =
      run_relu0(tiny_run(folder.path() / "out", {"--data", folder.path() / "data", "--allow-embedded",
                                                 "--only", "data=MNIST,data=CIFAR-10"}));
  ASSERT_EQ(end.exit_code, exit_pass) << end.output;
  const Store store = Store::open_for_reading(folder.path() / "out" / "results.sqlite");
  EXPECT_TRUE(store.environment().contains("data CIFAR-10"));
  EXPECT_THAT(store.results().notes,
              ::testing::Contains(HasSubstr("No CIFAR-10 was found: measured on the")));
  EXPECT_THAT(store.run_info().command, HasSubstr(" --allow-embedded --data-checksum cifar10="));
}

}  // namespace
}  // namespace relu0
