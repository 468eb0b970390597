#include "reports/codec/stored_values.hpp"
#include "reports/store/store.hpp"
#include "suites/measurements/divergence.hpp"
#include "suites/measurements/training.hpp"
#include "suites/measurements/zeros_in_training.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

DivergenceOutcome divergence_outcome() {
  DivergenceOutcome outcome;
  outcome.iterations = 3;
  outcome.first_zero = 1;
  outcome.min_absolute_pre_activation = {1e-7, 0, std::numeric_limits<double>::quiet_NaN()};
  outcome.deterministic = false;
  outcome.control_distance = {0, 0.5, std::numeric_limits<double>::infinity()};
  outcome.first_non_finite = 2;
  outcome.rules = {{.rule = Rule::chain_rule, .first_different = {}, .distance = {0, 0, 0}},
                   {.rule = Rule::published_code, .first_different = 1, .distance = {0, 1e-5, 2}}};
  return outcome;
}

TEST(DivergenceJson, ComesBackAsItWas) {
  const DivergenceOutcome outcome = divergence_outcome();
  const DivergenceOutcome back = Divergence::decode(restored_values(stored_values(encode(outcome))));
  EXPECT_EQ(back.iterations, 3);
  EXPECT_EQ(back.first_zero, 1);
  EXPECT_EQ(back.min_absolute_pre_activation.at(0), 1e-7);
  EXPECT_TRUE(std::isnan(back.min_absolute_pre_activation.at(2)));
  EXPECT_FALSE(back.deterministic);
  EXPECT_EQ(back.control_distance, outcome.control_distance);
  EXPECT_EQ(back.first_non_finite, 2);
  ASSERT_EQ(back.rules.size(), 2U);
  EXPECT_EQ(back.rules[0].rule, Rule::chain_rule);
  EXPECT_EQ(back.rules[0].first_different, std::nullopt);
  EXPECT_EQ(back.rules[1].first_different, 1);
  EXPECT_EQ(back.rules[1].distance, outcome.rules[1].distance);
}

TEST(DivergenceJson, RefusesWhatIsNoOutcome) {
  EXPECT_THROW(Divergence::decode("text"), StoreError);
  nlohmann::json short_by_one = encode(divergence_outcome());
  short_by_one["control_distance"].erase(0);
  EXPECT_THROW(Divergence::decode(short_by_one), StoreError);
  nlohmann::json strange = encode(divergence_outcome());
  strange["rules"]["another-rule"] = strange["rules"]["chain-rule"];
  EXPECT_THROW(Divergence::decode(strange), StoreError);
}

TEST(ZeroTrainingJson, ComesBackAsItWas) {
  ZeroTrainingOutcome outcome;
  outcome.epochs = {{.iterations = 469, .zeros = 3, .relu_inputs = 1'000'000},
                    {.iterations = 2, .zeros = 0, .relu_inputs = 4'000}};
  outcome.minibatches = 469;
  outcome.deterministic = false;
  outcome.first_non_finite = 470;
  const ZeroTrainingOutcome back = ZerosInTraining::decode(restored_values(stored_values(encode(outcome))));
  ASSERT_EQ(back.epochs.size(), 2U);
  EXPECT_EQ(back.epochs[0].iterations, 469);
  EXPECT_EQ(back.epochs[0].zeros, 3);
  EXPECT_EQ(back.epochs[1].relu_inputs, 4'000);
  EXPECT_EQ(back.minibatches, 469);
  EXPECT_FALSE(back.deterministic);
  EXPECT_EQ(back.first_non_finite, 470);
}

TEST(ZeroTrainingJson, RefusesWhatIsNoOutcome) {
  EXPECT_THROW(ZerosInTraining::decode({{"epochs", 3}}), StoreError);
  EXPECT_THROW(ZerosInTraining::decode(nlohmann::json::array()), StoreError);
}

TEST(TrainedNetworkJson, OfAnOlderStoreHoldsAssignedDerivativesThatNoLossScaleDivided) {
  TrainingOutcome outcome;
  outcome.epochs = {{.steps = 2, .kinks = {.met = 3, .through = 0.5, .assigned = 3 * 0x1p-32}}};
  nlohmann::json older = encode(outcome);
  EXPECT_EQ(TrainedNetwork::decode(older).epochs.at(0).kinks.assigned, 3 * 0x1p-32);
  older["epochs"][0]["kinks"].erase("assigned");
  EXPECT_EQ(TrainedNetwork::decode(older).epochs.at(0).kinks.assigned, 3);
}

}  // namespace
}  // namespace relu0
