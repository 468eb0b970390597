#include "reports/store/store.hpp"
#include "suites/measurements/sweep.hpp"

#include <gtest/gtest.h>

namespace relu0 {
namespace {

TEST(OutcomeJson, ComesBackAsItWas) {
  SweepOutcome outcome;
  outcome.minibatches = 7;
  outcome.minibatches_with_zeros = 2;
  outcome.images = 1700;
  outcome.zeros = {1, 0, 3};
  outcome.samples_with_zeros = 4;
  outcome.deterministic = false;
  outcome.rules.resize(2);
  RuleOutcome& chain = outcome.rules[0];
  chain.impacted = 2;
  chain.first_impacted = 3;
  chain.first_image = 801;
  chain.relative_l2 = {1.5e-7, 0.1};
  outcome.rules[1].rule = Rule::published_code;

  const SweepOutcome back = Sweep::decode(encode(outcome));
  EXPECT_EQ(back.minibatches, 7);
  EXPECT_EQ(back.minibatches_with_zeros, 2);
  EXPECT_EQ(back.images, 1700);
  EXPECT_EQ(back.zeros, outcome.zeros);
  EXPECT_EQ(back.samples_with_zeros, 4);
  EXPECT_FALSE(back.deterministic);
  ASSERT_EQ(back.rules.size(), 2U);
  EXPECT_EQ(back.rules[0].rule, Rule::chain_rule);
  EXPECT_EQ(back.rules[0].first_impacted, 3);
  EXPECT_EQ(back.rules[0].first_layer, std::nullopt);
  EXPECT_EQ(back.rules[0].first_image, 801);
  EXPECT_EQ(back.rules[0].relative_l2, chain.relative_l2);
  EXPECT_EQ(back.rules[1].rule, Rule::published_code);
  EXPECT_EQ(back.rules[1].first_impacted, std::nullopt);
}

TEST(OutcomeJson, HasTheControlsOfEachMinibatchWhereThereWereAny) {
  SweepOutcome outcome;
  outcome.minibatches = 40;
  EXPECT_FALSE(encode(outcome).contains("controls"));
  EXPECT_FALSE(Sweep::decode(encode(outcome)).controls.has_value());

  outcome.controls =
      Controls{.differing = 3, .first_layer_differing = 1, .first_differing = 0, .first_first_layer = 12};
  const SweepOutcome back = Sweep::decode(encode(outcome));
  ASSERT_TRUE(back.controls.has_value());
  EXPECT_EQ(back.controls->differing, 3);
  EXPECT_EQ(back.controls->first_layer_differing, 1);
  EXPECT_EQ(back.controls->first_differing, 0);
  EXPECT_EQ(back.controls->first_first_layer, 12);
}

TEST(OutcomeJson, RefusesWhatIsNoOutcome) {
  EXPECT_THROW(Sweep::decode({{"minibatches", 3}}), StoreError);
  EXPECT_THROW(Sweep::decode("text"), StoreError);
  nlohmann::json strange = encode(SweepOutcome{});
  strange["rules"]["another-rule"] = nlohmann::json::object();
  EXPECT_THROW(Sweep::decode(strange), StoreError);
}

}  // namespace
}  // namespace relu0
