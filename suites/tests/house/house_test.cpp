// The rules of the house, applied to the project itself.
#include "suites/tests/house/document_links.hpp"
#include "suites/tests/house/how_to_add.hpp"
#include "suites/tests/house/rules.hpp"
#include "suites/tests/house/source_tree.hpp"

#include <filesystem>

#include <gmock/gmock.h>

namespace relu0::house {
namespace {

using testing::IsEmpty;

const std::filesystem::path root = RELU0_SOURCE_DIR;

TEST(House, HoldsCode) { EXPECT_THAT(cpp_files(root), testing::Not(IsEmpty())); }

TEST(House, IncludesNothingFromAbove) { EXPECT_THAT(includes_from_above(root), IsEmpty()); }

TEST(House, KeepsTheEnginesInTheirFolders) { EXPECT_THAT(engines_out_of_place(root), IsEmpty()); }

TEST(House, HasNoCrowdedFolder) { EXPECT_THAT(crowded_folders(root), IsEmpty()); }

TEST(House, SaysWhatBeforeWhose) { EXPECT_THAT(comments_that_begin_with_of(root), IsEmpty()); }

TEST(House, RecordsDurationsOfSuitesThatThereAre) { EXPECT_THAT(slow_suites_without_tests(root), IsEmpty()); }

TEST(House, IsBuiltAsTheReadmeSays) { EXPECT_THAT(broken_how_to_add(root), IsEmpty()); }

TEST(House, HasNoStrangersAtTheTop) {
  const auto tracked = tracked_files(root);
  if (!tracked) {
    GTEST_SKIP() << "needs a git checkout and git";
  }
  EXPECT_THAT(strangers_at_the_top(*tracked), IsEmpty());
}

TEST(House, LinksToWhatIsThere) {
  const auto tracked = tracked_files(root);
  if (!tracked) {
    GTEST_SKIP() << "needs a git checkout and git";
  }
  EXPECT_THAT(broken_links(root, *tracked), IsEmpty());
}

}  // namespace
}  // namespace relu0::house
