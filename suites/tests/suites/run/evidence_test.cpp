// What a finding rests on where several measurements are put together.
#include "suites/run/evidence.hpp"

#include <gtest/gtest.h>

namespace relu0 {
namespace {

Basis made(const std::string& key) { return {.counts = {{.key = key, .draws = 3, .most = 3}}}; }

Basis left_out() { return {.selected = false, .left_out = {{.network = "VGG11", .precision = "fp32"}}}; }

TEST(Basis, OfWhatWasMadeStandsWithoutWhatTheScaleLeavesOut) {
  for (const Basis& both : {made("a").and_also(left_out()), left_out().and_also(made("a"))}) {
    EXPECT_TRUE(both.selected);
    EXPECT_EQ(both.draws(), 3);
    ASSERT_EQ(both.left_out.size(), 1U);
    EXPECT_EQ(both.left_out.front().network, "VGG11");
  }
  EXPECT_EQ(left_out().and_also(left_out()).left_out.size(), 2U);
}

TEST(Basis, OfWhatWasNotSelectedIsNotSelectedWhateverTheScaleLeavesOut) {
  const Basis not_selected{.selected = false};
  for (const Basis& both : {not_selected.and_also(left_out()), left_out().and_also(not_selected),
                            made("a").and_also(not_selected).and_also(left_out())}) {
    EXPECT_FALSE(both.selected_or_left_out());
    EXPECT_TRUE(both.left_out.empty());
  }
}

}  // namespace
}  // namespace relu0
