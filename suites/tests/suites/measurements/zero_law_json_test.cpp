#include "reports/codec/stored_values.hpp"
#include "reports/store/store.hpp"
#include "suites/measurements/zero_law.hpp"
#include "suites/tests/suites/measurements/synthetic_outcomes.hpp"

#include <gtest/gtest.h>

namespace relu0 {
namespace {

ZeroLawOutcome through_json(const ZeroLawOutcome& outcome) {
  return ZeroLaw::decode(restored_values(stored_values(encode(outcome))));
}

TEST(ZeroLawJson, ComesBackAsItWas) {
  ZeroLawOutcome outcome = test::outcome_of(test::SyntheticLaw{.structural = 3, .deterministic = false});
  outcome.layers[1].layer = "another";
  // More cells than a whole number of 32 bits holds, as of binary64.
  outcome.layers[1].statistics.cells = 0x1p50;
  const ZeroLawOutcome back = through_json(outcome);
  EXPECT_EQ(back.minibatches, 1);
  EXPECT_EQ(back.images, 256);
  EXPECT_FALSE(back.deterministic);
  ASSERT_EQ(back.layers.size(), 2U);
  EXPECT_EQ(back.layers[0].layer, "relu1");
  EXPECT_EQ(back.layers[0].statistics, outcome.layers[0].statistics);
  EXPECT_EQ(back.layers[1].layer, "another");
  EXPECT_EQ(back.layers[1].statistics, outcome.layers[1].statistics);
}

TEST(ZeroLawJson, RefusesDamage) {
  const nlohmann::json whole = encode(test::outcome_of(test::SyntheticLaw{}));
  for (const auto& [field, value] : whole.at("layers").at(0).at("statistics").items()) {
    nlohmann::json damaged = whole;
    damaged["layers"][0]["statistics"].erase(field);
    EXPECT_THROW(ZeroLaw::decode(damaged), StoreError) << field;
  }
}

}  // namespace
}  // namespace relu0
