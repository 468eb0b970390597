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

TEST(OutcomeJson, RefusesWhatIsNoOutcome) {
  EXPECT_THROW(Sweep::decode({{"minibatches", 3}}), StoreError);
  EXPECT_THROW(Sweep::decode("text"), StoreError);
  nlohmann::json strange = encode(SweepOutcome{});
  strange["rules"]["another-rule"] = nlohmann::json::object();
  EXPECT_THROW(Sweep::decode(strange), StoreError);
}

}  // namespace
}  // namespace relu0
