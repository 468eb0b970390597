#include "reports/codec/packed_numbers.hpp"
#include "reports/codec/stored_values.hpp"
#include "reports/store/store.hpp"
#include "suites/measurements/zone_shape.hpp"
#include "suites/tests/suites/measurements/synthetic_outcomes.hpp"

#include <map>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::outcome_of;
using test::SyntheticSlice;

ZoneShapeOutcome through_json(const ZoneShapeOutcome& outcome) {
  return ZoneShape::decode(restored_values(stored_values(encode(outcome))));
}

TEST(ZoneShapeJson, ComesBackAsItWas) {
  ZoneShapeOutcome outcome = outcome_of(SyntheticSlice{.repeatable = false});
  outcome.slice->reference_undecided = 5;
  outcome.slice->zeros.rounding_at_same_parameters = 1;
  outcome.slice->zeros.rounding = 2;
  const ZoneShapeOutcome back = through_json(outcome);
  EXPECT_EQ(back.iterations, 42);
  ASSERT_TRUE(back.slice);
  EXPECT_EQ(back.slice->iteration, 41);
  EXPECT_EQ(back.slice->sample, 7);
  EXPECT_EQ(back.slice->neuron, 1999);
  EXPECT_EQ(back.slice->side, 4);
  EXPECT_EQ(back.slice->half_width, 5e-6);
  EXPECT_EQ(back.slice->fp32, outcome.slice->fp32);
  EXPECT_EQ(back.slice->fp64, outcome.slice->fp64);
  EXPECT_EQ(back.slice->reference, outcome.slice->reference);
  EXPECT_EQ(back.slice->reference_bound, 1e-40);
  EXPECT_EQ(back.slice->reference_undecided, 5);
  EXPECT_EQ(back.slice->zeros.points, 3);
  EXPECT_EQ(back.slice->zeros.rounding, 2);
  EXPECT_EQ(back.slice->zeros.rounding_at_same_parameters, 1);
  EXPECT_EQ(back.slice->zeros.largest, 2e-8);
  EXPECT_EQ(back.slice->zeros.largest_share_of_bound, 0.125);
  EXPECT_EQ(back.slice->alike_places, 624);
  EXPECT_TRUE(back.slice->centre_is_zero);
  EXPECT_FALSE(back.slice->repeatable);
}

TEST(ZoneShapeJson, SaysThatNoZeroWasMet) {
  const ZoneShapeOutcome back = through_json({.iterations = 938, .slice = {}});
  EXPECT_EQ(back.iterations, 938);
  EXPECT_FALSE(back.slice);
}

TEST(ZoneShapeJson, RefusesDamage) {
  const nlohmann::json whole = encode(outcome_of(SyntheticSlice{}));
  for (const auto& [field, value] : whole.at("slice").items()) {
    nlohmann::json damaged = whole;
    damaged["slice"].erase(field);
    EXPECT_THROW(ZoneShape::decode(damaged), StoreError) << field;
  }
  for (const auto& [place, value] :
       std::map<std::string, nlohmann::json>{{"/slice/side", 5},
                                             {"/slice/fp32", pack_numbers({1}, PackedFormat::binary32)},
                                             {"/slice/fp64", "many"},
                                             {"/slice/zeros/points", "many"},
                                             {"/iterations", nullptr}}) {
    nlohmann::json damaged = whole;
    damaged[nlohmann::json::json_pointer(place)] = value;
    EXPECT_THROW(ZoneShape::decode(damaged), StoreError) << place;
  }
}

}  // namespace
}  // namespace relu0
