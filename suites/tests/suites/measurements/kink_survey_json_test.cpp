#include "reports/codec/stored_values.hpp"
#include "reports/store/store.hpp"
#include "suites/tests/suites/measurements/synthetic_outcomes.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

KinkSurveyOutcome through_json(const KinkSurveyOutcome& outcome) {
  return KinkSurvey::decode(restored_values(stored_values(encode(outcome))));
}

KinkSurveyOutcome example() {
  return test::outcome_of(
      test::SyntheticKinks{.kinks = {Kink::relu, Kink::max_pool_tie},
                           .hit = 5,
                           .impacted = 3,
                           .origins = {.structural = 1, .exact = 2, .rounding = 3, .undecided = 4},
                           .deterministic = false});
}

TEST(KinkSurveyJson, ComesBackAsItWas) {
  KinkSurveyOutcome outcome = example();
  outcome.kinks[1].sides.relative_l2[0] = std::numeric_limits<double>::infinity();
  outcome.kinks[1].places = 7;
  const KinkSurveyOutcome back = through_json(outcome);
  EXPECT_EQ(back.minibatches, 10);
  EXPECT_EQ(back.images, 640);
  EXPECT_FALSE(back.deterministic);
  EXPECT_EQ(back.most_bits, 192);
  ASSERT_EQ(back.kinks.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const KinkFigures& was = outcome.kinks[i];
    const KinkFigures& is = back.kinks[i];
    EXPECT_EQ(is.kink, was.kink);
    EXPECT_EQ(is.places, was.places);
    EXPECT_EQ(is.hits, was.hits);
    EXPECT_EQ(is.reached, was.reached);
    EXPECT_EQ(is.minibatches_hit, was.minibatches_hit);
    EXPECT_EQ(is.minibatches_reached, was.minibatches_reached);
    EXPECT_EQ(is.sides.impacted, was.sides.impacted);
    EXPECT_EQ(is.sides.relative_l2, was.sides.relative_l2);
    EXPECT_EQ(is.middle.relative_l2, was.middle.relative_l2);
    EXPECT_EQ(is.between.judged, was.between.judged);
    EXPECT_EQ(is.between.inside, was.between.inside);
    EXPECT_EQ(is.between.distances, was.between.distances);
    EXPECT_EQ(is.assigned.distances, was.assigned.distances);
    EXPECT_EQ(is.origins, was.origins);
  }
}

TEST(KinkSurveyJson, RefusesDamage) {
  const nlohmann::json whole = encode(example());
  for (const auto& [field, value] : whole.at("kinks").at(0).items()) {
    nlohmann::json damaged = whole;
    damaged["kinks"][0].erase(field);
    EXPECT_THROW(KinkSurvey::decode(damaged), StoreError) << field;
  }
  nlohmann::json unknown = whole;
  unknown["kinks"][0]["kink"] = "cusp";
  EXPECT_THROW(KinkSurvey::decode(unknown), StoreError);
}

}  // namespace
}  // namespace relu0
