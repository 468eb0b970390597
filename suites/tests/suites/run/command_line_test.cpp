#include "suites/command_line/command_line.hpp"

#include "reports/store/store.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using test::run_relu0;

struct BadArguments {
  std::string name;
  std::vector<std::string> arguments;
  std::string message;  ///< part of what must be said
};

void PrintTo(const BadArguments& bad, std::ostream* out) { *out << bad.name; }

class RefusedArguments : public ::testing::TestWithParam<BadArguments> {};

TEST_P(RefusedArguments, GiveExitCode2AMessageAndNoFiles) {
  const test::TemporaryFolder folder;
  std::vector<std::string> arguments = GetParam().arguments;
  if (arguments.front() == "run") {
    arguments.insert(arguments.end(), {"--out", (folder.path() / "out").string()});
  }
  const auto end = run_relu0(arguments);
  EXPECT_EQ(end.exit_code, exit_usage) << end.output;
  EXPECT_TRUE(end.output.starts_with("relu0: ")) << end.output;
  EXPECT_NE(end.output.find(GetParam().message), std::string::npos) << end.output;
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "out"));
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedArguments,
    ::testing::Values(
        BadArguments{
            "UnknownExperiment", {"run", "depht"}, "unknown experiment 'depht'; there are precision, depth"},
        BadArguments{"UnknownField",
                     {"run", "--only", "flavour=sweet"},
                     "there is no field 'flavour'; the fields are network, precision, batch, data, kernel"},
        BadArguments{
            "NoCondition", {"run", "--only", "VGG11"}, "'VGG11' selects no measurements: give FIELD=VALUE"},
        BadArguments{"UnknownScale", {"run", "--scale", "huge"}, "use quick or paper"},
        BadArguments{
            "BudgetWithoutUnit", {"run", "--budget", "10"}, "--budget '10': give a duration such as 90s"},
        BadArguments{"EmptyFolder",
                     {"gate", "model.pt", "--inputs", "batches.pt", "--out", ""},
                     "--out: is empty; give a value"},
        BadArguments{"EmptyDataOfARun", {"run", "--data", ""}, "--data: is empty; give a value"},
        BadArguments{"EmptyDataOfAGate",
                     {"gate", "model.pt", "--inputs", "mnist:test:8", "--data", ""},
                     "--data: is empty; give a value"},
        BadArguments{"EmptyDataOfADoctor", {"doctor", "--data", ""}, "--data: is empty; give a value"},
        BadArguments{"EmptyDataOfAMerge", {"merge", "shard", "--data", ""}, "--data: is empty; give a value"},
        BadArguments{"EmptyBudget", {"run", "--budget", ""}, "--budget: is empty; give a value"},
        BadArguments{
            "EmptyChecksum", {"run", "--data-checksum", ""}, "--data-checksum: is empty; give a value"},
        BadArguments{"BudgetOfNothing", {"run", "--budget", "0m"}, "--budget '0m': give a duration"},
        BadArguments{"UnknownDevice", {"run", "--device", "tpu"}, "use cpu, cuda or cuda:nondeterministic"},
        BadArguments{"UnknownKernel", {"run", "--kernel", "cudnn"}, "use native, bias-last, or portable"},
        BadArguments{"UnknownDetailOfKernel", {"run", "--kernel", "portable:fma"}, "unknown detail 'fma'"},
        BadArguments{"BitsAtOtherPrecisions",
                     {"run", "precision", "--kernel", "portable:bits=20"},
                     "carries its numbers in binary64, and this computes at fp16"},
        BadArguments{
            "UnknownProtocol", {"run", "--protocol", "slow"}, "--protocol: slow not in {fast,two-network}"},
        BadArguments{"SameSAtFp16",
                     {"run", "precision", "--only", "precision=fp16", "--s", "0", "1e-9"},
                     "fp16 holds both as 0"},
        BadArguments{"NanS", {"run", "--s", "0", "nan"}, "'nan' is not a value for ReLU'(0)"},
        BadArguments{"InfiniteS", {"run", "--s", "0", "1e999"}, "'1e999' is not a value for ReLU'(0)"},
        BadArguments{"TextS", {"run", "--s", "zero", "1"}, "'zero' is not a value for ReLU'(0)"},
        BadArguments{"SOfTrainings",
                     {"run", "precision", "sgd-sweep", "--s", "0.5", "1", "--dry-run"},
                     "--s 0.5 1: the values of sgd-sweep are fixed (s = 0, 0.1, 0.2, "},
        BadArguments{"SOfPartOfTrainings",
                     {"run", "sgd-sweep", "--only", "s=0.2,s=10", "--s", "0", "1"},
                     "(s = 0.2, 10); run it without --s, and choose among them by --only s=…"},
        BadArguments{"SOfNoBackwardPass",
                     {"run", "zero-law", "--s", "0", "1"},
                     "--s 0 1: zero-law compares no two values of ReLU'(0); run it without --s"},
        BadArguments{"SOfNothing",
                     {"run", "--only", "kind=training", "--s", "0.5", "1"},
                     "--s 0.5 1: the values of sgd-sweep are fixed"},
        BadArguments{"EqualS", {"run", "--s", "1", "1.0"}, "give two different values"},
        BadArguments{"NegativeSeed", {"run", "--seed=-1"}, "--seed '-1': give a whole number from 0"},
        BadArguments{
            "OverflowingSeed", {"run", "--seed", "99999999999999999999"}, "give a whole number from 0"},
        BadArguments{"SeedWithoutRoomForDraws",
                     {"run", "--seed", "9223372036854775807"},
                     "give a whole number from 0"},
        BadArguments{"FractionalSeed", {"run", "--seed", "1.5"}, "--seed '1.5'"},
        BadArguments{
            "NegativeNetworks", {"run", "--networks=-3"}, "--networks '-3': give a whole number from 1"},
        BadArguments{"NoNetworks", {"run", "--networks", "0"}, "--networks '0'"},
        BadArguments{"NanNetworks", {"run", "--fp64-networks", "nan"}, "--fp64-networks 'nan'"},
        BadArguments{"OverflowingImages", {"run", "--images", "1e9"}, "--images '1e9'"},
        BadArguments{"MoreImagesThanThereAre", {"run", "depth", "--images", "60001"}, "holds 60000"},
        BadArguments{"NoMinibatches", {"run", "--minibatches", "0"}, "--minibatches '0'"},
        BadArguments{"UnknownLearningRates",
                     {"run", "--learning-rates", "best"},
                     "--learning-rates: best not in {published,search}"},
        BadArguments{"CandidatesOfNoSearch",
                     {"run", "sgd-sweep", "--candidates", "4"},
                     "--candidates: they are searched among with --learning-rates search only"},
        BadArguments{"OneCandidate",
                     {"run", "sgd-sweep", "--learning-rates", "search", "--candidates", "1"},
                     "--candidates '1': give a whole number from 2 to 1000"},
        BadArguments{"NoImageToHoldOut",
                     {"run", "sgd-sweep", "--only", "precision=fp32,network=mlp-3x256", "--images", "5",
                      "--learning-rates", "search"},
                     "--images 5: a training that searches its learning rate holds one image of 6 out"},
        BadArguments{"NegativeThreads", {"run", "--threads=-2"}, "--threads '-2'"},
        BadArguments{"UnknownFailOn",
                     {"run", "--fail-on", "everything"},
                     "--fail-on: everything not in {not-reproduced,inconclusive}"},
        BadArguments{"MissingDataFolder", {"run", "--data", "/nowhere/at/all"}, "/nowhere/at/all"},
        BadArguments{"UnknownOption", {"run", "--frobnicate"}, "--frobnicate (relu0 run --help tells more)"},
        BadArguments{
            "UnknownCommand", {"frobnicate"}, "unknown command 'frobnicate'; there are run, gate, list"},
        BadArguments{
            "MissingStore", {"report", "--store", "/nowhere/results.sqlite"}, "/nowhere/results.sqlite"}),
    [](const ::testing::TestParamInfo<BadArguments>& parameters) { return parameters.param.name; });

TEST(CommandLine, WithoutACommandSaysWhatThereIs) {
  const auto end = run_relu0({});
  EXPECT_EQ(end.exit_code, exit_usage);
  for (const char* command : {"list", "run", "report", "compare", "doctor"}) {
    EXPECT_NE(end.output.find(command), std::string::npos) << command;
  }
}

TEST(CommandLine, ListsEveryExperimentAndDiagnosesTheMachine) {
  const auto list = run_relu0({"list"});
  EXPECT_EQ(list.exit_code, exit_pass);
  for (const char* experiment :
       {"precision", "depth", "width", "batch-size", "sample-size", "magnitude", "conv-volume", "svhn-volume",
        "imagenet-volume", "reference-error", "zero-origin"}) {
    EXPECT_NE(list.output.find(std::string(experiment) + ":"), std::string::npos) << experiment;
  }
  EXPECT_NE(list.output.find("VGG11 on SVHN, fp32, batch 100: a stream of mini-batches until one is impacted "
                             "(1 network)"),
            std::string::npos);
  EXPECT_NE(list.output.find("  precision: fp16, bf16, tf32, fp32, fp64\n"), std::string::npos);
  const auto doctor = run_relu0({"doctor"});
  EXPECT_EQ(doctor.exit_code, exit_pass);
  for (const char* fact : {"LibTorch", "BLAS", "fp16 on the CPU", "MNIST", "CIFAR-10", "SVHN", "ImageNet"}) {
    EXPECT_NE(doctor.output.find(fact), std::string::npos) << fact;
  }
}

TEST(CommandLine, ASelectionOfNothingIsExitCode5AndSaysWhatThereIs) {
  const test::TemporaryFolder folder;
  const auto run = [&folder](const std::string& only) {
    return run_relu0({"run", "depth", "conv-volume", "--only", only, "--out", folder.path() / "out"});
  };
  const auto unmet = run("network=VGG11,network=VGG12");
  EXPECT_EQ(unmet.exit_code, exit_inconclusive) << unmet.output;
  EXPECT_NE(unmet.output.find("no measurement has network=VGG12"), std::string::npos) << unmet.output;
  EXPECT_NE(unmet.output.find("  network: mlp-1x256, mlp-2x256"), std::string::npos) << unmet.output;
  const auto contradiction = run("network=VGG11,data=MNIST");
  EXPECT_EQ(contradiction.exit_code, exit_inconclusive) << contradiction.output;
  EXPECT_NE(contradiction.output.find("no measurement has network=VGG11,data=MNIST"), std::string::npos)
      << contradiction.output;
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "out"));
}

TEST(CommandLine, AnEmptyVariableNamesNoFolderOfData) {
  const test::TemporaryFolder folder;
  const auto end = run_relu0({"run", "precision", "--dry-run", "--out", folder.path() / "out"}, {},
                             {{"RELU0_DATA_DIR", ""}});
  EXPECT_EQ(end.exit_code, exit_pass) << end.output;
}

TEST(CommandLine, DamagedDataIsNeverReplacedByTheEmbeddedSet) {
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() / "train-images-idx3-ubyte") << "not an IDX file";
  std::ofstream(folder.path() / "train-labels-idx1-ubyte") << "nor is this";
  const auto end = run_relu0({"run", "--data", folder.path(), "--out", folder.path() / "out"});
  EXPECT_EQ(end.exit_code, exit_usage);
  EXPECT_NE(end.output.find("-ubyte: at byte 0: the magic number is"), std::string::npos) << end.output;
}

TEST(CommandLine, AForeignStoreIsRefusedAndLeftAlone) {
  const test::TemporaryFolder folder;
  const std::filesystem::path store = folder.path() / "results.sqlite";
  const std::string content = "this is somebody's diary, not a database";
  std::ofstream(store) << content;
  const auto end =
      run_relu0({"run", "precision", "--images", "256", "--networks", "1", "--out", folder.path()});
  EXPECT_EQ(end.exit_code, exit_usage);
  EXPECT_NE(end.output.find("results.sqlite"), std::string::npos);
  std::ifstream file(store);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), content);
}

TEST(CommandLine, AnOutputFolderThatCannotBeMadeIsNamed) {
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() / "file") << "in the way";
  const auto end = run_relu0(
      {"run", "precision", "--images", "256", "--networks", "1", "--out", folder.path() / "file" / "out"});
  EXPECT_EQ(end.exit_code, exit_usage) << end.output;
  EXPECT_NE(end.output.find((folder.path() / "file").string()), std::string::npos) << end.output;
}

TEST(CommandLine, ComparingWithAMissingBaselineIsExitCode4) {
  const test::TemporaryFolder folder;
  const auto end = run_relu0({"compare", folder.path() / "a.sqlite", folder.path() / "b.sqlite"});
  EXPECT_EQ(end.exit_code, exit_environment);
  EXPECT_NE(end.output.find("a.sqlite"), std::string::npos);
}

TEST(TwoValues, ARunOfAllExperimentsNotesWhichDoNotDependOnThem) {
  const test::TemporaryFolder folder;
  const std::string out = (folder.path() / "out").string();
  const auto end = run_relu0({"run", "--s", "0.5", "1", "--only",
                              "kind=zero-law,kind=sweep,network=mlp-3x16,precision=fp32,batch=256",
                              "--networks", "1", "--images", "256", "--out", out});
  ASSERT_EQ(end.exit_code, exit_pass) << end.output;
  EXPECT_THAT(Store::open_for_reading(out + "/results.sqlite").results().notes,
              testing::Contains("What zero-law measures does not depend on these values (--s)."));
}

}  // namespace
}  // namespace relu0
