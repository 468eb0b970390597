// Trainings by the native kernels, and what the zeros that these meet are.
#include "suites/measurements/divergence.hpp"
#include "suites/measurements/zero_origins.hpp"
#include "suites/tests/findings/expect_none.hpp"
#include "suites/tests/findings/native/native_findings.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace relu0::test {
namespace {

/// The paper's network for it, for 50 iterations.
Survey divergences(Precision precision, std::int64_t networks) {
  Divergence divergence({.network = MlpOfWidths{}, .precision = precision, .batch_size = 128});
  divergence.iterations = 50;
  return survey(divergence, native_kernel, networks);
}

bool drift_apart(const DivergenceOutcome& outcome) {
  return std::all_of(outcome.rules.begin(), outcome.rules.end(),
                     [](const RuleDivergence& of) { return of.first_different.has_value(); });
}

// Seen: 7 of 24 trainings, by the native kernels; 3 of 24 by the portable ones.
TEST(NativeDivergence, AtThirtyTwoBits) {
  constexpr std::int64_t most_networks = 170;
  constexpr std::int64_t at_once = 4;
  constexpr double rate = 0.08;
  const auto drifts_apart = [](const nlohmann::json& draw) {
    const DivergenceOutcome outcome = Divergence::decode(draw);
    EXPECT_TRUE(outcome.deterministic);
    return drift_apart(outcome);
  };
  const auto draws =
      expect_native_happens("trainings drift apart at 32 bits under both rules", native_digits(),
                            divergences(Precision::fp32, most_networks), at_once, rate, drifts_apart);
  // What holds of each training, whatever the kernel: it is the zero that parts them.
  for (const nlohmann::json& draw : draws) {
    const DivergenceOutcome outcome = Divergence::decode(draw);
    for (const RuleDivergence& of : outcome.rules) {
      EXPECT_TRUE(!of.first_different || (outcome.first_zero && *of.first_different >= *outcome.first_zero))
          << "trainings parted before one met a zero";
    }
  }
}

// A training at 32 bits drifts apart with a probability below 0.5; at 64 bits zeros are 2^-29 times as rare.
TEST(NativeDivergence, NotAtSixtyFourBits) {
  constexpr std::int64_t networks = 2;
  Proportion apart{0, networks};
  for (const auto& outcome : native_digits().outcomes<Divergence>(divergences(Precision::fp64, networks))) {
    EXPECT_TRUE(outcome.deterministic);
    apart.successes += drift_apart(outcome) ? 1 : 0;
  }
  expect_native(never_happens("trainings drift apart at 64 bits"), apart, {0, 0.5 / (1 << 29)});
}

// Seen: 9 zeros in 8 networks of six hidden layers, all of them made by rounding.
TEST(NativeZeroOrigins, ZerosAreMadeByRounding) {
  constexpr std::int64_t most_networks = 34;
  constexpr std::int64_t at_once = 4;
  constexpr double rate = 0.34;
  const ZeroOrigins origins(
      {.network = Mlp{.hidden_layers = 6}, .precision = Precision::fp32, .batch_size = 32});
  const auto is_made_by_rounding = [](const nlohmann::json& draw) {
    const ZeroOriginsOutcome outcome = ZeroOrigins::decode(draw);
    EXPECT_TRUE(outcome.deterministic);
    return outcome.zeros().rounding > 0;
  };
  expect_native_happens("rounding makes zeros at 32 bits", native_digits(),
                        survey(origins, native_kernel, most_networks), at_once, rate, is_made_by_rounding);
}

}  // namespace
}  // namespace relu0::test
