#include "reference/pass/certificate.hpp"

#include "fixtures/error.hpp"
#include "suites/tests/reference/networks.hpp"

#include <limits>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

struct Element {
  double midpoint;
  Radius radius{};
};

Tensor of(int bits, const std::vector<Element>& elements) {
  Tensor result(bits, {std::ssize(elements)});
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const auto index = static_cast<std::int64_t>(i);
    mpfr_set_d(result.slot(index), elements[i].midpoint, MPFR_RNDN);
    result.set_radius(index, elements[i].radius);
  }
  return result;
}

Radius power(int exponent) { return Radius::above(1, exponent); }

TEST(ProvenBits, AreAllWhereEverythingIsExact) {
  EXPECT_EQ(proven_bits(of(128, {{1}, {-3}})), 128);
  EXPECT_EQ(proven_bits(of(128, {{0}})), 128);
  EXPECT_EQ(proven_bits(of(128, {})), 128);
}

TEST(ProvenBits, AreRelativeToTheLargestElement) {
  // 2^−100 lies in [2^−100, 2^−99), and 4 in [4, 8): 102 bits, of which at most 2 are not said.
  const int bits = proven_bits(of(128, {{-4}, {0x1p-80, power(-100)}}));
  EXPECT_LE(bits, 102);
  EXPECT_GE(bits, 100);
  EXPECT_EQ(proven_bits(of(128, {{1, power(0)}})), 0);
  EXPECT_EQ(proven_bits(of(128, {{0, power(-300)}})), 0);
  EXPECT_EQ(proven_bits(of(128, {{1}, {1, Radius::unbounded()}})), 0);
  EXPECT_EQ(proven_bits(of(24, {{1, power(-60)}})), 24);
}

TEST(ProvenBits, OfARunAreThoseOfItsWorstParameter) {
  Backprop run;
  run.loss = of(128, {{1}});
  EXPECT_THROW((void)proven_bits(run), std::logic_error);
  run.parameters.push_back(of(128, {{1, power(-90)}}));
  const int first = proven_bits(run);
  run.parameters.push_back(of(128, {{1, power(-40)}}));
  EXPECT_LT(proven_bits(run), first);
  EXPECT_EQ(proven_bits(run), proven_bits(run.parameters[1]));
}

TEST(BitsAbove, CountsWhatARadiusLacks) {
  EXPECT_EQ(bits_above({}, -5000, 128), 0);
  EXPECT_EQ(bits_above(power(-20), -19, 128), 0);
  EXPECT_EQ(bits_above(power(-20), -20, 128), 1) << "2^−20 is not below 2^−20";
  EXPECT_EQ(bits_above(power(-20), -60, 128), 41);
  EXPECT_EQ(bits_above(Radius::unbounded(), 0, 128), 128);
}

/// Logits x and x: softmax is (½, ½) whatever x is, and d loss / d weights = (−x/2, x/2), without rounding
/// anything.
Example exact_classifier() { return chain({1}, {}, {3}, {}); }

/// The precisions that certify() runs at when `missing` bits are missing each time but the `enough`-th.
std::vector<int> asked(const CertifyOptions& options, int missing, std::size_t enough) {
  const Example at = exact_classifier();
  std::vector<int> result;
  const Backprop last = certify(at.network, at.weights, at.batch, options, [&](const Backprop& run) {
    result.push_back(run.loss.bits());
    return result.size() == enough ? 0 : missing;
  });
  EXPECT_EQ(last.loss.bits(), result.back());
  return result;
}

constexpr std::size_t never = 1000;

TEST(Certify, AddsTheBitsThatAreMissing) {
  using testing::ElementsAre;
  EXPECT_THAT(asked({}, 1, 1), ElementsAre(128));
  EXPECT_THAT(asked({}, 1, 2), ElementsAre(128, 160));
  EXPECT_THAT(asked({}, 40, 3), ElementsAre(128, 192, 256));
  EXPECT_THAT(asked({.backprop = {.bits = 64}, .max_bits = 4096}, 1000, 3), ElementsAre(64, 1088, 2112));
}

TEST(Certify, BeginsWithTheLikelyBitsAsFarAsCapAndMemoryAllow) {
  using testing::ElementsAre;
  EXPECT_THAT(asked({.likely_bits = 100}, 1, 1), ElementsAre(128)) << "no fewer than asked for";
  EXPECT_THAT(asked({.likely_bits = 129}, 1, 2), ElementsAre(160, 192));
  EXPECT_THAT(asked({.backprop = {.bits = 200}, .likely_bits = 180}, 1, 1), ElementsAre(200));
  EXPECT_THAT(asked({.likely_bits = 180, .max_bits = 170}, 1, 1), ElementsAre(170));
  const Example at = exact_classifier();
  const std::uint64_t below_192 = memory_estimate(at.network, at.batch.size(), 192) - 1;
  EXPECT_THAT(asked({.backprop = {.memory_limit = below_192}, .likely_bits = 180}, 1, 1), ElementsAre(128))
      << "160 bits take the limbs of 192";
}

TEST(Certify, StopsAtTheCap) {
  using testing::ElementsAre;
  EXPECT_THAT(asked({}, 200, never), ElementsAre(128, 352, 512));
  EXPECT_THAT(asked({.max_bits = 128}, 200, never), ElementsAre(128));
  EXPECT_THAT(asked({.max_bits = 129}, std::numeric_limits<int>::max(), never), ElementsAre(128, 129));
}

TEST(Certify, StopsWhereTheNextRunTakesTooMuchMemory) {
  using testing::ElementsAre;
  const auto with_memory_for = [](int bits) {
    const Example at = exact_classifier();
    return asked({.backprop = {.memory_limit = memory_estimate(at.network, at.batch.size(), bits)}}, 20,
                 never);
  };
  EXPECT_THAT(with_memory_for(128), ElementsAre(128));
  EXPECT_THAT(with_memory_for(192), ElementsAre(128, 160, 192));
  EXPECT_THROW(with_memory_for(64), InputError) << "not even the first";
}

TEST(Certify, RunsEachPrecisionOnce) {
  const Example at = exact_classifier();
  std::map<int, int> layers_made;
  const auto counting = [&](const Node& node, const LayerContext& context) {
    ++layers_made[context.bits];
    return make_layer(node, context);
  };
  (void)certify(
      at.network, at.weights, at.batch, {}, [](const Backprop&) { return 200; }, counting);
  using testing::Pair;
  EXPECT_THAT(layers_made, testing::ElementsAre(Pair(128, 2), Pair(352, 2), Pair(512, 2)));
}

TEST(Certify, RunsWithTheOptionsGiven) {
  // The ReLU sees 1 − 1 = 0; logits 0 and 0; what reaches the ReLU is 3 · −½ + 1 · ½ = −1, and s times that
  // the weight before it.
  Example at = chain({1}, {Linear{.in_features = 1, .out_features = 1}, Relu{}}, {1}, {{1}, {-1}});
  at.weights.parameters.back().values = {3, 1};
  CertifyOptions options;
  options.backprop.kinks.relu.value = 0.25;
  const Backprop result =
      certify(at.network, at.weights, at.batch, options, [](const Backprop&) { return 0; });
  EXPECT_THAT(to_doubles(result.parameters[0]), testing::ElementsAre(-0.25));
}

TEST(Certify, RefusesCapsThatItCannotKeep) {
  using testing::AllOf;
  using testing::HasSubstr;
  using testing::ThrowsMessage;
  const auto with = [](int bits, int cap) {
    return [bits, cap] { (void)asked({.backprop = {.bits = bits}, .max_bits = cap}, 1, 1); };
  };
  EXPECT_THAT(with(128, 127), ThrowsMessage<InputError>(AllOf(HasSubstr("at most 127"), HasSubstr("has 128"),
                                                              HasSubstr("allow 128 to 4096"))));
  EXPECT_THAT(with(128, 4097), ThrowsMessage<InputError>(HasSubstr("at most 4097")));
  EXPECT_THAT(with(23, 512), ThrowsMessage<InputError>(HasSubstr("24 to 4096 bits, not 23")));
  EXPECT_NO_THROW(with(4096, 4096)());
}

}  // namespace
}  // namespace relu0::reference
