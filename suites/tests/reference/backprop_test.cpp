#include "reference/pass/backprop.hpp"

#include "fixtures/error.hpp"
#include "fixtures/network/architectures/architecture.hpp"
#include "reference/arithmetic/blas.hpp"
#include "reference/arithmetic/real.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/operations/operation_cases.hpp"
#include "suites/tests/reference/broken_layers.hpp"
#include "suites/tests/reference/networks.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

constexpr std::uint64_t seed = 11;

/// All that a backprop gives, in one list.
std::vector<std::pair<std::string, const Tensor*>> parts(const Network& network, const Backprop& result) {
  std::vector<std::pair<std::string, const Tensor*>> all{{"loss", &result.loss}, {"input", &result.input}};
  for (std::size_t i = 0; i < result.parameters.size(); ++i) {
    all.emplace_back(network.parameters()[i].name, &result.parameters[i]);
  }
  for (const KinkInput& relu : result.kink_inputs) {
    all.emplace_back("input of " + network.nodes()[relu.node].name, &relu.values);
  }
  return all;
}

void expect_same_bits(const Network& network, const Backprop& a, const Backprop& b) {
  const auto first = parts(network, a);
  const auto second = parts(network, b);
  for (std::size_t part = 0; part < first.size(); ++part) {
    for (std::int64_t i = 0; i < first[part].second->size(); ++i) {
      ASSERT_TRUE(mpfr_equal_p((*first[part].second)[i], (*second[part].second)[i]))
          << first[part].first << ", element " << i;
    }
  }
}

/// max |a − b| over all gradients, as a power of two relative to the largest element of any: a bias before a
/// batch-norm has the gradient 0, which is no scale.
long gradient_difference(const Backprop& a, const Backprop& b) {
  Real difference(64);
  Real largest(64);
  std::int32_t scale = max_exponent(b.input);
  const auto compare = [&](const Tensor& left, const Tensor& right) {
    scale = std::max(scale, max_exponent(right));
    for (std::int64_t i = 0; i < left.size(); ++i) {
      mpfr_sub(difference, left[i], right[i], MPFR_RNDA);
      mpfr_abs(difference, difference, MPFR_RNDA);
      mpfr_max(largest, largest, difference, MPFR_RNDA);
    }
  };
  compare(a.input, b.input);
  for (std::size_t i = 0; i < a.parameters.size(); ++i) {
    compare(a.parameters[i], b.parameters[i]);
  }
  return mpfr_get_exp(largest) - scale;
}

TEST(ReferenceBackprop, BothProductsAgreeOnWholeNetworks) {
  // The yardstick is what rounding every element to p bits does to the network, seen with the plain product
  // between p and 2p bits. Truncation adds at most K 2^−(p + 8) ≤ 2^−(p + 2) of the largest terms to each
  // product, K ≤ 63 here: no more than the roundings, but for sums that are smaller than their largest terms,
  // which four bits allow for.
  for (const Network& network : small_networks()) {
    const Weights weights = draw_weights(network, seed);
    const Batch batch = draw_batch(network, 4, seed);
    for (const int bits : {128, 256}) {
      const auto at = [&](int precision, ProductKind kind) {
        return backprop(network, weights, batch,
                        {.bits = precision, .product = {.kind = kind, .threads = 2}});
      };
      const Backprop truth = at(2 * bits, ProductKind::plain);
      const long of_plain = gradient_difference(at(bits, ProductKind::plain), truth);
      const long of_fast = gradient_difference(at(bits, ProductKind::exact_slices), truth);
      EXPECT_LE(of_fast, of_plain + 4) << network.name() << " at " << bits;
    }
  }
}

/// The loss at θ with one value moved.
void loss_at(mpfr_ptr result, const Network& network, Weights weights, const Batch& batch, std::size_t tensor,
             std::size_t index, double step) {
  constexpr int bits = 512;
  weights.parameters[tensor].values.widen()[index] += step;
  mpfr_set(result, backprop(network, weights, batch, {.bits = bits}).loss[0], MPFR_RNDN);
}

/// (f(θ + h) − f(θ − h)) / 2h.
void central_difference(mpfr_ptr result, const Network& network, const Weights& weights, const Batch& batch,
                        std::size_t tensor, std::size_t index, double step) {
  Real below(512);
  loss_at(result, network, weights, batch, tensor, index, step);
  loss_at(below, network, weights, batch, tensor, index, -step);
  mpfr_sub(result, result, below, MPFR_RNDN);
  mpfr_div_d(result, result, 2 * step, MPFR_RNDN);
}

/// D(h) = g + c₂ h² + c₄ h⁴ + … away from kinks. E(h) = (4 D(h/2) − D(h)) / 3 has error ∝ h⁴, and
/// F = (16 E(h/2) − E(h)) / 15 one ∝ h⁶: of the size of h² (F − E), so F − g must vanish beside F − E. With
/// h = 2^−20, h² = 2^−40; 2^−20 leaves 20 bits for the ratio of the series' coefficients.
void expect_central_differences_converge(const Network& network) {
  constexpr double step = 0x1p-20;
  const Weights weights = draw_weights(network, seed, 12);
  const Batch batch = draw_batch(network, 3, seed);
  const Backprop result = backprop(network, weights, batch, {.bits = 512});
  for (std::size_t tensor = 0; tensor < weights.parameters.size(); ++tensor) {
    const std::size_t index = weights.parameters[tensor].values.size() / 2;
    Real differences[3] = {Real(512), Real(512), Real(512)};
    for (int level = 0; level < 3; ++level) {
      central_difference(differences[level], network, weights, batch, tensor, index,
                         std::ldexp(step, -level));
    }
    const auto extrapolate = [](mpfr_ptr coarse, mpfr_srcptr fine, long factor) {
      Real scaled(512);
      mpfr_mul_si(scaled, fine, factor, MPFR_RNDN);
      mpfr_sub(coarse, scaled, coarse, MPFR_RNDN);
      mpfr_div_si(coarse, coarse, factor - 1, MPFR_RNDN);
    };
    extrapolate(differences[0], differences[1], 4);
    extrapolate(differences[1], differences[2], 4);
    Real fine(512);
    mpfr_set(fine, differences[0], MPFR_RNDN);
    extrapolate(fine, differences[1], 16);
    Real error(64);
    mpfr_sub(error, fine, result.parameters[tensor][static_cast<std::int64_t>(index)], MPFR_RNDA);
    Real bound(64);
    mpfr_sub(bound, fine, differences[1], MPFR_RNDA);
    mpfr_mul_2si(bound, bound, -20, MPFR_RNDA);
    // The loss is rounded to 512 bits, and divided by 2h.
    Real rounding(64);
    mpfr_set_si_2exp(rounding, 1, -512 + 40, MPFR_RNDU);
    mpfr_abs(bound, bound, MPFR_RNDU);
    mpfr_add(bound, bound, rounding, MPFR_RNDU);
    EXPECT_LE(mpfr_cmpabs(error, bound), 0)
        << network.name() << ", " << network.parameters()[tensor].name << "[" << index << "]: error 2^"
        << mpfr_get_exp(error) << ", bound 2^" << mpfr_get_exp(bound);
  }
}

TEST(ReferenceBackprop, CentralDifferencesConvergeToTheGradient) {
  for (const Network& network : small_networks()) {
    expect_central_differences_converge(network);
  }
}

class EveryOperationInTheReference : public testing::TestWithParam<cases::OperationSample> {};

INSTANTIATE_TEST_SUITE_P(Table, EveryOperationInTheReference, testing::ValuesIn(cases::operation_samples()),
                         [](const auto& instance) { return instance.param.name; });

TEST_P(EveryOperationInTheReference, HasTheGradientOfItsCentralDifferences) {
  expect_central_differences_converge(cases::network_around(GetParam()));
}

/// x − 1 → ReLU → logits: at x = 1 the ReLU meets an exact zero. Two classes, label 0.
struct OneZero {
  Network network{
      "one zero",
      {{.name = "input", .operation = Input{{1}}, .inputs = {}},
       {.name = "linear1", .operation = Linear{.in_features = 1, .out_features = 1}, .inputs = {0}},
       {.name = "relu", .operation = Relu{}, .inputs = {1}},
       {.name = "linear2", .operation = Linear{.in_features = 1, .out_features = 2}, .inputs = {2}},
       {.name = "loss", .operation = SoftmaxCrossEntropy{}, .inputs = {3}}}};
  Weights weights{.parameters = {{"linear1.weight", {1, 1}, {1}},
                                 {"linear1.bias", {1}, {-1}},
                                 {"linear2.weight", {2, 1}, {3, 1}},
                                 {"linear2.bias", {2}, {0, 0}}}};
  Batch batch{.image_shape = {1}, .inputs = {1}, .labels = {0}};
};

TEST(ReferenceBackprop, ExactValuesOnANetworkWithOneZero) {
  // Logits 0 and 0: softmax ½, ½; d loss / d logits = (−½, ½); what reaches the ReLU is 3 · −½ + 1 · ½ = −1.
  const OneZero at;
  for (const double s : {0.0, 0.25, 0.5, 1.0, -3.0}) {
    const Backprop chain = backprop(at.network, at.weights, at.batch,
                                    {.kinks = {.relu = {.value = s, .rule = Rule::chain_rule}}});
    EXPECT_EQ(to_doubles(chain.parameters[0])[0], -s) << "d / d linear1.weight at s = " << s;
    EXPECT_EQ(to_doubles(chain.parameters[1])[0], -s);
    EXPECT_EQ(to_doubles(chain.input)[0], -s);
    EXPECT_THAT(to_doubles(chain.parameters[3]), testing::ElementsAre(-0.5, 0.5));
    const Backprop published = backprop(at.network, at.weights, at.batch,
                                        {.kinks = {.relu = {.value = s, .rule = Rule::published_code}}});
    EXPECT_EQ(to_doubles(published.parameters[0])[0], s);
    EXPECT_TRUE(mpfr_zero_p(chain.kink_inputs[0].values[0]));
    EXPECT_TRUE(chain.kink_inputs[0].values.is_exact());
  }
}

TEST(ReferenceBackprop, SaysWhereRoundingBegan) {
  const Network network = small_mlp();
  const Weights weights = draw_weights(network, seed);
  const Batch batch = draw_batch(network, 2, seed);
  // 24 + 20 bits a product and a few for the sum fit into 128; the second layer's products do not fit
  // into 64.
  EXPECT_TRUE(backprop(network, weights, batch, {.bits = 128}).kink_inputs[0].values.is_exact());
  EXPECT_FALSE(backprop(network, weights, batch, {.bits = 64}).kink_inputs[1].values.is_exact());
}

TEST(ReferenceBackprop, GradientOfABatchIsTheMeanOfItsParts) {
  // Without batch-norm. Both sides are rounded: 2^−120 of the largest element leaves room for the roundings
  // of a network of at most four products of K ≤ 36 at 128 bits.
  for (const Network& network : {small_mlp(), small_residual()}) {
    const Weights weights = draw_weights(network, seed);
    const Batch whole = draw_batch(network, 6, seed);
    const std::size_t half = whole.inputs.size() / 2;
    Batch first{whole.image_shape,
                {whole.inputs.begin(), whole.inputs.begin() + static_cast<long>(half)},
                {whole.labels.begin(), whole.labels.begin() + 3}};
    Batch second{whole.image_shape,
                 {whole.inputs.begin() + static_cast<long>(half), whole.inputs.end()},
                 {whole.labels.begin() + 3, whole.labels.end()}};
    const Backprop all = backprop(network, weights, whole, {});
    const Backprop a = backprop(network, weights, first, {});
    const Backprop b = backprop(network, weights, second, {});
    Real difference(128);
    for (std::size_t tensor = 0; tensor < all.parameters.size(); ++tensor) {
      const std::int32_t scale = max_exponent(all.parameters[tensor]);
      for (std::int64_t i = 0; i < all.parameters[tensor].size(); ++i) {
        mpfr_add(difference, a.parameters[tensor][i], b.parameters[tensor][i], MPFR_RNDN);
        mpfr_div_ui(difference, difference, 2, MPFR_RNDN);
        mpfr_sub(difference, difference, all.parameters[tensor][i], MPFR_RNDN);
        EXPECT_TRUE(mpfr_zero_p(difference) != 0 || mpfr_get_exp(difference) < scale - 120)
            << network.name() << ", " << network.parameters()[tensor].name << "[" << i << "]";
      }
    }
  }
}

TEST(ReferenceBackprop, SameBitsWhateverThreadsAndBlasThreads) {
  const Network network = small_convolutional();
  const Weights weights = draw_weights(network, seed);
  const Batch batch = draw_batch(network, 5, seed);
  const int before = set_blas_threads(1);
  const Backprop one = backprop(network, weights, batch, {});
  set_blas_threads(2);
  const Backprop two = backprop(network, weights, batch, {.product = {.threads = 3}});
  set_blas_threads(before);
  expect_same_bits(network, one, two);
}

TEST(ReferenceBackprop, SameBitsInAnyOrderOfTheSamples) {
  for (const Network& network : small_networks()) {
    const Weights weights = draw_weights(network, seed);
    const Batch batch = draw_batch(network, 5, seed);
    Batch reversed{.image_shape = batch.image_shape, .inputs = {}, .labels = {}};
    const auto sample = static_cast<long>(batch.inputs.size() / batch.labels.size());
    for (std::size_t i = batch.labels.size(); i-- > 0;) {
      const auto start = batch.inputs.begin() + static_cast<long>(i) * sample;
      reversed.inputs.insert(reversed.inputs.end(), start, start + sample);
      reversed.labels.push_back(batch.labels[i]);
    }
    const Backprop a = backprop(network, weights, batch, {});
    const Backprop b = backprop(network, weights, reversed, {});
    for (std::size_t tensor = 0; tensor < a.parameters.size(); ++tensor) {
      for (std::int64_t i = 0; i < a.parameters[tensor].size(); ++i) {
        ASSERT_TRUE(mpfr_equal_p(a.parameters[tensor][i], b.parameters[tensor][i]))
            << network.name() << ", " << network.parameters()[tensor].name << "[" << i << "]";
      }
    }
    ASSERT_TRUE(mpfr_equal_p(a.loss[0], b.loss[0]));
  }
}

TEST(ReferenceBackprop, AnyPrecisionFrom24To4096) {
  const OneZero at;
  for (const int bits : {24, 53, 4096}) {
    const Backprop result = backprop(at.network, at.weights, at.batch, {.bits = bits});
    EXPECT_EQ(result.loss.bits(), bits);
    // log 2.
    Real expected(bits);
    mpfr_const_log2(expected, MPFR_RNDN);
    EXPECT_TRUE(mpfr_equal_p(result.loss[0], expected));
  }
}

TEST(ReferenceBackprop, RefusesBadInputBeforeItBegins) {
  using testing::AllOf;
  using testing::HasSubstr;
  const OneZero good;
  const auto with = [&](const std::function<void(OneZero&, BackpropOptions&)>& spoil) {
    OneZero bad;
    BackpropOptions options;
    spoil(bad, options);
    return test::input_error_of([&] {
      // A layer would throw something else.
      (void)backprop(bad.network, bad.weights, bad.batch, options,
                     [](const Node&, const LayerContext&) -> std::unique_ptr<Layer> {
                       throw std::logic_error("work began");
                     });
    });
  };
  EXPECT_THAT(with([](OneZero& at, auto&) { at.weights.parameters[0].values.widen()[0] = std::nan(""); }),
              AllOf(HasSubstr("linear1.weight"), HasSubstr("nan at index 0")));
  EXPECT_THAT(with([](OneZero& at, auto&) { at.batch.inputs[0] = std::numeric_limits<float>::infinity(); }),
              AllOf(HasSubstr("mini-batch"), HasSubstr("inf at index 0")));
  EXPECT_THAT(with([](OneZero&, auto& options) { options.kinks.relu.value = std::nan(""); }),
              AllOf(HasSubstr("kink 'relu'"), HasSubstr("give a finite number")));
  EXPECT_THAT(with([](OneZero&, auto& options) { options.bits = 23; }), HasSubstr("24 to 4096 bits, not 23"));
  EXPECT_THAT(with([](OneZero&, auto& options) { options.bits = 4097; }), HasSubstr("not 4097"));
  EXPECT_THAT(with([](OneZero& at, auto& options) {
                at.weights.parameters[1].values.widen()[0] = 1 + 0x1p-30;
                options.bits = 30;
              }),
              AllOf(HasSubstr("30 bits cannot hold"), HasSubstr("linear1.bias"), HasSubstr("takes 31")));
  EXPECT_THAT(with([](OneZero& at, auto&) {
                at.weights.parameters[2].shape = {1, 2};
              }),
              HasSubstr("linear2.weight"));
  EXPECT_THAT(with([](OneZero& at, auto&) { at.batch.image_shape = {2}; }), HasSubstr("does not fit"));
  EXPECT_THAT(with([](OneZero& at, auto&) { at.batch.labels[0] = 2; }),
              AllOf(HasSubstr("sample 0"), HasSubstr("label 2"), HasSubstr("2 classes")));
  EXPECT_THAT(with([](OneZero& at, auto&) {
                at.batch.labels.clear();
                at.batch.inputs.clear();
              }),
              HasSubstr("no samples"));
  EXPECT_THAT(with([](OneZero&, auto& options) { options.memory_limit = 1 << 20; }),
              AllOf(HasSubstr("GiB"), HasSubstr("fewer samples or bits")));
  EXPECT_THAT(with([](OneZero&, auto& options) { options.product.threads = 0; }), HasSubstr("at least 1"));
}

TEST(ReferenceBackprop, ResNet50AtFullSizeIsEstimatedBelow8GiB) {
  const Network network =
      build(ConvolutionalNetwork{.architecture = Architecture::resnet50, .batch_norm = true});
  EXPECT_LT(memory_estimate(network, 1, 128), std::uint64_t{8} << 30);
}

}  // namespace
}  // namespace relu0::reference
