// `relu0 compare` as the gate of an upgrade of BLAS: OpenBLAS told to compute for two core types stands for
// two versions.
#include "analysis/machine/library_choice.hpp"
#include "reports/store/store.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/compare/comparison.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::run_relu0;
using test::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

/// Whether OpenBLAS can compute for the core type here.
bool is_offered(const std::string& core_type) {
  const std::vector<LibraryChoice> choices = openblas_choices();
  return std::any_of(choices.begin(), choices.end(),
                     [&](const LibraryChoice& choice) { return choice.openblas == core_type; });
}

/// The store of a native run with OpenBLAS's kernels for the core type.
std::filesystem::path run_for(const std::string& core_type, std::vector<std::string> arguments,
                              const std::filesystem::path& out) {
  arguments.insert(arguments.begin(), "run");
  arguments.insert(arguments.end(), {"--kernel", "native", "--out", out});
  const auto end = run_relu0(arguments, {}, {{"OPENBLAS_CORETYPE", core_type}});
  EXPECT_EQ(end.exit_code, exit_pass) << end.output;
  return out / "results.sqlite";
}

/// OpenBLAS's kernels for two core types, where it offers both here.
class CompareLibraries : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* core_type : {"Haswell", "Nehalem"}) {
      if (!is_offered(core_type)) {
        GTEST_SKIP() << "OpenBLAS cannot compute for " << core_type << " here";
      }
    }
  }

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

TEST_F(CompareLibraries, DrawsThatChangeWithTheCoreTypeAreToldFromFindingsThatDo) {
  // So few networks that no count of theirs can change beyond chance: six that all changed the same way have
  // p = 2^-5.
  const std::vector<std::string> run{
      "precision", "magnitude", "--only",     "network=mlp-3x256,precision=fp16",
      "--images",  "4096",      "--networks", "6"};
  const auto haswell = run_for("Haswell", run, folder() / "haswell");
  const auto nehalem = run_for("Nehalem", run, folder() / "nehalem");

  const auto refused = run_relu0({"compare", haswell, nehalem});
  EXPECT_EQ(refused.exit_code, exit_environment) << refused.output;
  EXPECT_THAT(refused.output, HasSubstr("OPENBLAS_CORETYPE: Haswell -> Nehalem"));
  EXPECT_THAT(refused.output, HasSubstr("--allow environments"));

  const auto allowed = run_relu0({"compare", haswell, nehalem, "--allow", "environments"});
  EXPECT_EQ(allowed.exit_code, exit_pass) << allowed.output;
  EXPECT_THAT(allowed.output, HasSubstr("draw(s) differ (seed "));
  EXPECT_GT(compare_sides(haswell, nehalem, true).draws.changed(), 0);
}

// Whether a network meets a zero at 32 bits depends on the order of summation: with the one core type about
// half of the networks do and with the other another half. A single network's then decides "more images
// impact more networks" for both rules, or leaves it open.
TEST_F(CompareLibraries, VerdictsThatChangeWithTheCoreTypeAreListed) {
  // No network of 20 changes with a probability of 2^-20.
  constexpr int seeds = 20;
  for (int seed = 1; seed <= seeds; ++seed) {
    const std::vector<std::string> run{"sample-size", "--only", "precision=fp32",    "--networks",
                                       "1",           "--seed", std::to_string(seed)};
    const auto haswell = run_for("Haswell", run, folder() / fmt::format("haswell-{}", seed));
    const auto nehalem = run_for("Nehalem", run, folder() / fmt::format("nehalem-{}", seed));
    const StoreComparison comparison = compare_sides(haswell, nehalem, true);
    if (comparison.verdict_changes.empty()) {
      continue;
    }
    EXPECT_THAT(comparison.verdict_changes, ElementsAre(Field(&VerdictChange::beyond_chance, false),
                                                        Field(&VerdictChange::beyond_chance, false)))
        << "one verdict for each rule; a network more or less is no change beyond chance";
    EXPECT_EQ(comparison.draws.changed(), 1);
    const auto end = run_relu0({"compare", haswell, nehalem, "--allow", "environments"});
    EXPECT_EQ(end.exit_code, exit_pass) << end.output;
    EXPECT_THAT(end.output, HasSubstr("sample-size (fp32, chain-rule): "));
    EXPECT_THAT(end.output, HasSubstr("sample-size (fp32, published-code): "));
    EXPECT_THAT(end.output, HasSubstr("2 findings in both, 2 changed"));
    return;
  }
  ADD_FAILURE() << "no verdict changed with OpenBLAS's kernels over " << seeds << " seeds";
}

TEST(CompareLibrariesRefuses, AnythingButEnvironments) {
  const auto end = run_relu0({"compare", "a.sqlite", "b.sqlite", "--allow", "everything"});
  EXPECT_EQ(end.exit_code, exit_usage);
  EXPECT_THAT(end.output, HasSubstr("environments"));
}

}  // namespace
}  // namespace relu0
