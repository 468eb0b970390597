#include "reference/pass/certificate.hpp"

#include "fixtures/error.hpp"
#include "reference/arithmetic/real.hpp"
#include "suites/tests/reference/broken_layers.hpp"
#include "suites/tests/reference/matrices.hpp"
#include "suites/tests/reference/networks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

constexpr std::uint64_t certificate_seed = 5;

Tensor of(int bits, const std::vector<double>& values) {
  return {bits, {static_cast<std::int64_t>(values.size())}, std::span<const double>(values)};
}

/// The tensor with 2^exponent · factor added to element `index`, exactly.
Tensor moved(Tensor tensor, std::int64_t index, long exponent, long factor = 1) {
  Real step(64);
  mpfr_set_si_2exp(step, factor, exponent, MPFR_RNDN);
  {
    // Written back when the slot goes, before the tensor moves away.
    Tensor::Slot slot = tensor.slot(index);
    EXPECT_EQ(mpfr_add(slot, slot, step, MPFR_RNDN), 0) << "the test's own number is rounded";
  }
  return tensor;
}

TEST(AgreedBits, AreThoseOfTheCheckWhereNothingDiffers) {
  for (const int bits : {24, 128, 200}) {
    EXPECT_EQ(agreed_bits(of(bits, {1, -3, 0.5}), of(bits + 64, {1, -3, 0.5})), bits);
    EXPECT_EQ(agreed_bits(of(bits, {0, 0}), of(bits + 64, {0, 0})), bits);
    EXPECT_EQ(agreed_bits(of(bits, {}), of(bits + 64, {})), bits);
  }
}

TEST(AgreedBits, OfOneUlpOfTheLargestElement) {
  // ulp(4) = 2^−125 at 128 bits, 2^−127 of it; ulp(7) is as large, and 2^−127.8 of 7.
  const auto with_largest = [](double largest) {
    return agreed_bits(moved(of(128, {1, largest, 0}), 1, -125), of(192, {1, largest, 0}));
  };
  EXPECT_EQ(with_largest(4), 127);
  EXPECT_EQ(with_largest(-4), 127);
  EXPECT_EQ(with_largest(7), 127);
  EXPECT_EQ(with_largest(-7), 127);
}

TEST(AgreedBits, StepsAtPowersOfTwo) {
  // Differences of 2^−40 of the largest element and just beside it.
  for (const double largest : {1.0, 1.5, -1.5}) {
    const Tensor truth = of(256, {largest, 0.25});
    const auto moved_by = [&](double part) {
      return agreed_bits(of(256, {largest, 0.25 + part * std::fabs(largest)}), truth);
    };
    EXPECT_EQ(moved_by(0x1p-40), 40);
    EXPECT_EQ(moved_by(-0x1p-40), 40);
    EXPECT_EQ(moved_by(0x1.01p-40), 39);
    EXPECT_EQ(moved_by(0x1.ffp-41), 40);
  }
}

TEST(AgreedBits, AreRelativeToTheLargestElementOnly) {
  EXPECT_EQ(agreed_bits(of(128, {0x1p100, 2}), of(192, {0x1p100, 1})), 100);
  EXPECT_EQ(agreed_bits(of(128, {-0x1p100, 2}), of(192, {-0x1p100, 1})), 100);
}

TEST(AgreedBits, AreNoneWhereTheTruthIsZeroOrFarAway) {
  EXPECT_EQ(agreed_bits(of(128, {0, 0x1p-300}), of(192, {0, 0})), 0);
  EXPECT_EQ(agreed_bits(of(128, {0, 0}), of(192, {0, 0x1p-300})), 0);
  EXPECT_EQ(agreed_bits(of(128, {1000}), of(192, {1})), 0);
  EXPECT_EQ(agreed_bits(of(128, {-1}), of(192, {1})), 0);
}

TEST(AgreedBits, AreNeverMoreThanThoseOfTheCheck) {
  EXPECT_EQ(agreed_bits(of(24, {1}), moved(of(88, {1}), 0, -60)), 24);
}

TEST(AgreedBits, RefuseWhatIsNotFinite) {
  const auto spoilt = [](int bits) {
    Tensor tensor = of(bits, {1, 2});
    mpfr_set_nan(tensor.slot(1));
    return tensor;
  };
  EXPECT_THROW((void)agreed_bits(spoilt(128), of(192, {1, 2})), std::logic_error);
  EXPECT_THROW((void)agreed_bits(of(128, {1, 2}), spoilt(192)), std::logic_error);
}

/// A certificate whose runs have these gradients.
Certified with_gradients(std::vector<Tensor> check, std::vector<Tensor> truth) {
  Certified result;
  result.check.loss = of(128, {1});
  result.truth.loss = of(192, {1});
  result.check.parameters = std::move(check);
  result.truth.parameters = std::move(truth);
  return result;
}

TEST(AgreedBits, OfACertificateAreThoseOfItsWorstParameter) {
  std::vector<Tensor> check;
  std::vector<Tensor> truth;
  for (const long bits : {50L, 30L, 70L}) {
    // Each against its own largest element.
    truth.push_back(of(192, {std::ldexp(1, static_cast<int>(-bits))}));
    check.push_back(moved(of(128, {std::ldexp(1, static_cast<int>(-bits))}), 0, -2 * bits));
  }
  EXPECT_EQ(agreed_bits(with_gradients(std::move(check), std::move(truth))), 30);
}

TEST(AgreedBits, OfNoGradientsAreRefused) {
  EXPECT_THROW((void)agreed_bits(with_gradients({}, {})), std::logic_error);
}

TEST(Uncertainty, IsTheDistanceRoundedUp) {
  const auto expect = [](const Tensor& check, const Tensor& truth, double head, long last_bit) {
    Real result(64);
    uncertainty(result, check, truth, 0);
    Real expected(64);
    mpfr_set_d(expected, head, MPFR_RNDN);
    if (last_bit != 0) {
      mpfr_nextabove(expected);
    }
    EXPECT_TRUE(mpfr_equal_p(result, expected)) << head;
  };
  expect(of(128, {3}), of(192, {1}), 2, 0);
  expect(of(128, {1}), of(192, {3}), 2, 0);
  expect(of(128, {-1}), of(192, {1}), 2, 0);
  expect(of(128, {1}), of(192, {1}), 0, 0);
  // 1 ± 2^−100 in 64 bits.
  expect(of(128, {1}), of(192, {-0x1p-100}), 1, 1);
  expect(of(128, {-0x1p-100}), of(192, {1}), 1, 1);
  expect(of(128, {1}), of(192, {0x1p-100}), 1, 0);
}

/// A certificate in which these two values reach a ReLU.
Certified with_relu_input(const Tensor& check, const Tensor& truth, bool exact) {
  Certified result;
  result.check.kink_inputs.push_back({.node = 2, .values = check.copy(), .exact = false});
  result.truth.kink_inputs.push_back({.node = 2, .values = truth.copy(), .exact = exact});
  return result;
}

TEST(SignIsCertain, BeyondTwiceTheDistanceOfTheRuns) {
  for (const double sign : {1, -1}) {
    const auto certain = [sign](const Tensor& check, double truth) {
      return sign_is_certain(with_relu_input(check, of(192, {sign * truth}), false), 2, 0);
    };
    EXPECT_TRUE(certain(of(128, {sign * 2}), 2));
    EXPECT_FALSE(certain(of(128, {sign * 1}), 2)) << "the distance is half the truth";
    EXPECT_FALSE(certain(of(128, {sign * 3}), 2));
    const long sign_as_long = sign > 0 ? 1 : -1;
    EXPECT_TRUE(certain(moved(of(128, {sign * 1}), 0, -50, sign_as_long), 2));
    EXPECT_TRUE(certain(moved(of(128, {sign * 3}), 0, -50, -sign_as_long), 2));
    EXPECT_FALSE(certain(moved(of(128, {sign * 3}), 0, -50, sign_as_long), 2));
    EXPECT_FALSE(certain(of(128, {sign * 0x1p-120}), 0x1p-190));
    EXPECT_FALSE(certain(of(128, {-sign * 2}), 2));
  }
  EXPECT_FALSE(sign_is_certain(with_relu_input(of(128, {0}), of(192, {0}), false), 2, 0));
}

TEST(SignIsCertain, WhereTheTruthIsExact) {
  EXPECT_TRUE(sign_is_certain(with_relu_input(of(128, {1}), of(192, {-0x1p-500}), true), 2, 0));
  EXPECT_FALSE(sign_is_certain(with_relu_input(of(128, {1}), of(192, {0}), true), 2, 0));
}

/// Logits x and x: softmax is (½, ½) whatever x is, and d loss / d weights = (−x/2, x/2), without rounding
/// anything.
Example exact_classifier() { return chain({1}, {}, {3}, {}); }

using Precisions = std::pair<int, int>;

/// The precisions of check and truth that `conclusive` is asked about; it says yes at the `enough`-th.
std::vector<Precisions> asked(const CertifyOptions& options, std::size_t enough) {
  const Example at = exact_classifier();
  std::vector<Precisions> result;
  const Certified last = certify(at.network, at.weights, at.batch, options, [&](const Certified& certified) {
    result.emplace_back(certified.check.loss.bits(), certified.truth.loss.bits());
    return result.size() == enough;
  });
  EXPECT_EQ(Precisions(last.check.loss.bits(), last.truth.loss.bits()), result.back());
  return result;
}

constexpr std::size_t never = 1000;

TEST(Certify, DoublesThePrecisionUntilConclusive) {
  EXPECT_THAT(asked({}, 1), testing::ElementsAre(Precisions(128, 192)));
  EXPECT_THAT(asked({}, 2), testing::ElementsAre(Precisions(128, 192), Precisions(192, 384)));
  EXPECT_THAT(asked({.backprop = {.bits = 64}, .max_bits = 4096}, 4),
              testing::ElementsAre(Precisions(64, 128), Precisions(128, 256), Precisions(256, 512),
                                   Precisions(512, 1024)));
}

TEST(Certify, StopsAtTheCap) {
  EXPECT_THAT(asked({}, never),
              testing::ElementsAre(Precisions(128, 192), Precisions(192, 384), Precisions(384, 512)));
  EXPECT_THAT(asked({.max_bits = 192}, never), testing::ElementsAre(Precisions(128, 192)));
  EXPECT_THAT(asked({.max_bits = 256}, never),
              testing::ElementsAre(Precisions(128, 192), Precisions(192, 256)));
}

TEST(Certify, TheTruthAlwaysHasItsMargin) {
  for (int cap = 192; cap <= 600; ++cap) {
    for (const auto& [check, truth] : asked({.max_bits = cap}, never)) {
      ASSERT_GE(truth, check + truth_margin) << "cap " << cap;
      ASSERT_LE(truth, cap);
    }
    // And no run that would have had its margin is left out.
    ASSERT_LT(cap - asked({.max_bits = cap}, never).back().second, truth_margin);
  }
}

TEST(Certify, RunsEachPrecisionOnce) {
  const Example at = exact_classifier();
  std::map<int, int> layers_made;
  const auto counting = [&](const Node& node, const LayerContext& context) {
    ++layers_made[context.bits];
    return make_layer(node, context);
  };
  (void)certify(
      at.network, at.weights, at.batch, {}, [](const Certified&) { return false; }, counting);
  using testing::Pair;
  EXPECT_THAT(layers_made, testing::ElementsAre(Pair(128, 2), Pair(192, 2), Pair(384, 2), Pair(512, 2)));
}

TEST(Certify, RunsWithTheOptionsGiven) {
  // The ReLU sees 1 − 1 = 0; logits 0 and 0; what reaches the ReLU is 3 · −½ + 1 · ½ = −1, and s times that
  // the weight before it.
  Example at = chain({1}, {Linear{.in_features = 1, .out_features = 1}, Relu{}}, {1}, {{1}, {-1}});
  at.weights.parameters.back().values = {3, 1};
  CertifyOptions options;
  options.backprop.kinks.relu.value = 0.25;
  const Certified result =
      certify(at.network, at.weights, at.batch, options, [](const Certified&) { return true; });
  for (const Backprop* run : {&result.check, &result.truth}) {
    EXPECT_THAT(to_doubles(run->parameters[0]), testing::ElementsAre(-0.25));
  }
}

TEST(Certify, RefusesCapsThatItCannotKeep) {
  using testing::AllOf;
  using testing::HasSubstr;
  using testing::ThrowsMessage;
  const auto with = [](int bits, int cap) {
    return [bits, cap] { (void)asked({.backprop = {.bits = bits}, .max_bits = cap}, 1); };
  };
  EXPECT_THAT(with(128, 191), ThrowsMessage<InputError>(AllOf(HasSubstr("at most 191"), HasSubstr("128 bits"),
                                                              HasSubstr("allow 192 to 4096"))));
  EXPECT_THAT(with(128, 4097),
              ThrowsMessage<InputError>(AllOf(HasSubstr("at most 4097"), HasSubstr("allow 192 to 4096"))));
  EXPECT_THAT(with(4033, 4096), ThrowsMessage<InputError>(AllOf(HasSubstr("64 bits more"),
                                                                HasSubstr("24 to 4032"), HasSubstr("4033"))));
  EXPECT_THAT(with(std::numeric_limits<int>::max(), 512), ThrowsMessage<InputError>(HasSubstr("4032")));
  EXPECT_THAT(with(23, 512), ThrowsMessage<InputError>(HasSubstr("24 to 4096 bits, not 23")));
  EXPECT_NO_THROW(with(4032, 4096)());
}

/// Layers of which those at node `node` are broken, in runs of `bits` only.
MakeLayer broken_at(std::size_t node, int bits, const MakeLayer& broken, const Network& network) {
  return [=, name = network.nodes()[node].name](const Node& made, const LayerContext& context) {
    return made.name == name && context.bits == bits ? broken(made, context) : make_layer(made, context);
  };
}

Certified certified_once(const Example& at, int bits, const MakeLayer& make = make_layer) {
  return certify(
      at.network, at.weights, at.batch, {.backprop = {.bits = bits}, .max_bits = max_bits},
      [](const Certified&) { return true; }, make);
}

TEST(Certify, OneUlpOfTheWorkingPrecisionIsSeen) {
  // The gradients are exact, so that all of the check's bits agree; one ulp of 3/2 is 2^(1 − bits), and
  // 2^(1 − bits) / 1.5 of it; what the truth's own ulp adds to that is 2^-64 of it and changes no bit.
  const Example at = exact_classifier();
  for (const int bits : {64, 128, 256}) {
    EXPECT_EQ(agreed_bits(certified_once(at, bits)), bits);
    EXPECT_EQ(agreed_bits(certified_once(at, bits, broken_at(1, bits, one_ulp_off, at.network))), bits - 1);
  }
}

}  // namespace
}  // namespace relu0::reference
