// `relu0 compare` as the gate of an upgrade of BLAS: OpenBLAS told to compute for two core types stands for
// two versions.
#include "analysis/machine/library_choice.hpp"
#include "reports/store/store.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/compare/comparison.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::run_relu0;
using test::TemporaryFolder;
using ::testing::HasSubstr;

/// Whether OpenBLAS can compute for the core type here.
bool is_offered(const std::string& core_type) {
  const std::vector<LibraryChoice> choices = openblas_choices();
  return std::any_of(choices.begin(), choices.end(),
                     [&](const LibraryChoice& choice) { return choice.openblas == core_type; });
}

/// The store of a run with OpenBLAS's kernels for the core type. So few networks that no count of theirs can
/// change beyond chance: six that all changed the same way have p = 2^-5.
std::filesystem::path run_for(const std::string& core_type, const std::filesystem::path& out) {
  const auto end = run_relu0({"run", "precision", "magnitude", "--only", "network=mlp-3x256,precision=fp16",
                              "--kernel", "native", "--images", "4096", "--networks", "6", "--out", out},
                             {}, {{"OPENBLAS_CORETYPE", core_type}});
  EXPECT_EQ(end.exit_code, exit_pass) << end.output;
  return out / "results.sqlite";
}

TEST(CompareLibraries, DrawsThatChangeWithTheCoreTypeAreToldFromFindingsThatDo) {
  for (const char* core_type : {"Haswell", "Nehalem"}) {
    if (!is_offered(core_type)) {
      GTEST_SKIP() << "OpenBLAS cannot compute for " << core_type << " here";
    }
  }
  const TemporaryFolder folder;
  const auto haswell = run_for("Haswell", folder.path() / "haswell");
  const auto nehalem = run_for("Nehalem", folder.path() / "nehalem");

  const auto refused = run_relu0({"compare", haswell, nehalem});
  EXPECT_EQ(refused.exit_code, exit_environment) << refused.output;
  EXPECT_THAT(refused.output, HasSubstr("OPENBLAS_CORETYPE: Haswell -> Nehalem"));
  EXPECT_THAT(refused.output, HasSubstr("--allow environments"));

  const auto allowed = run_relu0({"compare", haswell, nehalem, "--allow", "environments"});
  EXPECT_EQ(allowed.exit_code, exit_pass) << allowed.output;
  EXPECT_THAT(allowed.output, HasSubstr("draw(s) differ (seed "));
  EXPECT_GT(compare_sides(haswell, nehalem, true).draws.changed(), 0);
}

TEST(CompareLibraries, AllowsNothingButEnvironments) {
  const auto end = run_relu0({"compare", "a.sqlite", "b.sqlite", "--allow", "everything"});
  EXPECT_EQ(end.exit_code, exit_usage);
  EXPECT_THAT(end.output, HasSubstr("environments"));
}

}  // namespace
}  // namespace relu0
