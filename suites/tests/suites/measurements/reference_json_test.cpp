#include "reports/codec/stored_values.hpp"
#include "reports/store/store.hpp"
#include "suites/measurements/reference_error.hpp"
#include "suites/measurements/zero_origins.hpp"
#include "suites/tests/numbers.hpp"
#include "suites/tests/suites/measurements/synthetic_outcomes.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::infinity;

using test::outcome_of;

Setting at_fp32() { return {.network = Mlp{}, .precision = Precision::fp32}; }

ReferenceErrorOutcome through_json(const ReferenceErrorOutcome& outcome) {
  return ReferenceError::decode(restored_values(stored_values(encode(outcome))));
}

TEST(ReferenceErrorJson, ComesBackAsItWas) {
  ReferenceErrorOutcome outcome = outcome_of(at_fp32(), {.error = 0.1, .effect = 3, .undecided = 2});
  outcome.true_zeros = {.structural = 1, .exact = 2, .rounding = 3, .undecided = 4};
  outcome.precisions.at(1).emulated = true;
  outcome.precisions.at(1).non_finite = 9;
  outcome.precisions.at(2).deterministic = false;
  const ReferenceErrorOutcome back = through_json(outcome);
  EXPECT_EQ(back.bits, 128);
  EXPECT_EQ(back.proven_bits, 120);
  EXPECT_TRUE(back.capped);
  EXPECT_EQ(back.relu_inputs, 1000);
  EXPECT_EQ(back.true_zeros, outcome.true_zeros);
  ASSERT_EQ(back.precisions.size(), 3U);
  EXPECT_EQ(back.precisions[0].precision, Precision::tf32);
  EXPECT_EQ(back.precisions[0].zeros, 3);
  EXPECT_TRUE(back.precisions[1].emulated);
  EXPECT_EQ(back.precisions[1].non_finite, 9);
  EXPECT_FALSE(back.precisions[2].deterministic);
  ASSERT_EQ(back.precisions[2].choices.size(), 4U);
  EXPECT_EQ(back.precisions[2].choices[1].same_as, 0U);
  EXPECT_EQ(back.precisions[2].choices[0].same_as, std::nullopt);
  const ChoiceError& published = back.precisions[2].choices[3];
  EXPECT_EQ(published.kinks.relu.value, 1);
  EXPECT_EQ(published.kinks.relu.rule, Rule::published_code);
  EXPECT_EQ(published.from_first_l2, 3);
  const TensorError& tensor = published.tensors.at(0);
  EXPECT_EQ(tensor.name, "layer1.weight");
  EXPECT_EQ(tensor.elements, 100);
  EXPECT_EQ(tensor.proven_bits, 117);
  EXPECT_EQ(tensor.undecided, 2);
  EXPECT_EQ(tensor.difference_l2, 0.1);
  EXPECT_EQ(tensor.inner_product, 100);
  EXPECT_EQ(tensor.worst.value().index, 42);
  EXPECT_EQ(tensor.worst.value().truth, 1);
  EXPECT_EQ(tensor.worst.value().radius, 0x1p-20);
  EXPECT_EQ(tensor.ulps, outcome.precisions[2].choices[3].tensors[0].ulps);
}

TEST(ReferenceErrorJson, KeepsWhatIsNotFiniteAndWhatIsAbsent) {
  ReferenceErrorOutcome outcome = outcome_of(at_fp32(), {});
  TensorError& tensor = outcome.precisions.at(0).choices.at(0).tensors.at(0);
  tensor.difference_l2 = std::nan("");
  tensor.max_error = infinity;
  tensor.inner_product = -infinity;
  tensor.worst->value = -infinity;
  tensor.worst->ulps = std::nan("");
  tensor.ulps.count(infinity);
  outcome.precisions.at(1).choices.at(0).tensors.at(0).worst.reset();
  const ReferenceErrorOutcome back = through_json(outcome);
  const TensorError& same = back.precisions.at(0).choices.at(0).tensors.at(0);
  EXPECT_TRUE(std::isnan(same.difference_l2));
  EXPECT_EQ(same.max_error, infinity);
  EXPECT_EQ(same.inner_product, -infinity);
  EXPECT_EQ(same.worst.value().value, -infinity);
  EXPECT_TRUE(std::isnan(same.worst.value().ulps));
  EXPECT_EQ(same.ulps.non_finite, 1);
  EXPECT_EQ(back.precisions.at(1).choices.at(0).tensors.at(0).worst, std::nullopt);
}

TEST(ReferenceErrorJson, RefusesDamage) {
  const nlohmann::json whole = encode(outcome_of(at_fp32(), {}));
  for (const char* field : {"relu_inputs", "precisions", "true_zeros"}) {
    nlohmann::json damaged = whole;
    damaged.erase(field);
    EXPECT_THROW(ReferenceError::decode(damaged), StoreError) << field;
  }
  for (const auto& [place, value] : std::map<std::string, nlohmann::json>{
           {"/precisions/0/precision", "fp8"},
           {"/precisions/0/choices/0/rule", "another"},
           {"/precisions/0/choices/0/tensors/0/max_error", "large"},
           {"/precisions/0/choices/0/tensors/0/worst", 3},
           {"/precisions/0/choices/0/tensors/0/ulps/binades", {{"1000", 1}}},
           {"/precisions/0/choices/0/tensors/0/ulps/binades", {{"many", 1}}},
           {"/capped", "no"}}) {
    nlohmann::json damaged = whole;
    damaged[nlohmann::json::json_pointer(place)] = value;
    EXPECT_THROW(ReferenceError::decode(damaged), StoreError) << place;
  }
  EXPECT_THROW(ReferenceError::decode("text"), StoreError);
  EXPECT_THROW(ReferenceError::decode(encode(outcome_of(ZeroCounts{}))), StoreError);
}

TEST(ZeroOriginsJson, ComesBackAsItWas) {
  ZeroOriginsOutcome outcome =
      outcome_of({.structural = 1, .exact = 2, .rounding = 3, .undecided = 4}, false);
  outcome.true_zeros = {.exact = 5};
  outcome.magnitudes = {0.1, 5e-324, infinity};
  const ZeroOriginsOutcome back = ZeroOrigins::decode(restored_values(stored_values(encode(outcome))));
  EXPECT_EQ(back.minibatches, 10);
  EXPECT_EQ(back.images, 100);
  EXPECT_EQ(back.relu_inputs, 10'000);
  ASSERT_EQ(back.layers.size(), 2U);
  EXPECT_EQ(back.layers[0].layer, "relu1");
  EXPECT_EQ(back.layers[0].zeros, outcome.layers[0].zeros);
  EXPECT_EQ(back.magnitudes, outcome.magnitudes);
  EXPECT_FALSE(back.deterministic);
  EXPECT_EQ(back.surveyed, 1000);
  EXPECT_EQ(back.true_zeros, outcome.true_zeros);
  EXPECT_EQ(back.most_bits, 192);
}

TEST(ZeroOriginsJson, RefusesDamage) {
  const nlohmann::json whole = encode(outcome_of({.rounding = 1}));
  for (const auto& [field, value] : whole.items()) {
    nlohmann::json damaged = whole;
    damaged.erase(field);
    EXPECT_THROW(ZeroOrigins::decode(damaged), StoreError) << field;
  }
  nlohmann::json damaged = whole;
  damaged["magnitudes"] = {"small"};
  EXPECT_THROW(ZeroOrigins::decode(damaged), StoreError);
  damaged = whole;
  damaged["layers"][0]["zeros"].erase("exact");
  EXPECT_THROW(ZeroOrigins::decode(damaged), StoreError);
}

}  // namespace
}  // namespace relu0
