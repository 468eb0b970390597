// The law on layers whose density is known.
#include "analysis/zeros/law/zero_prediction.hpp"

#include "analysis/kernels/p_bit.hpp"
#include "analysis/zeros/law/last_addition.hpp"
#include "analysis/zeros/law/zero_law.hpp"

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

constexpr double confidence = 0.99;
/// Probability with which a test that should pass may fail.
constexpr double false_alarm = 1e-6;

/// The most of `trials` that miss their intervals, but for the false alarm.
double most_misses(int trials) {
  const boost::math::binomial_distribution<> misses(trials, 1 - confidence);
  return std::ceil(boost::math::quantile(boost::math::complement(misses, false_alarm)));
}

/// A layer: each unit adds its bias to products that are normal about a mean of the unit's own, rounded to p
/// bits. copies: how often each value occurs, as identical patches of an image make it.
struct SyntheticLayer {
  int bits = 10;
  int units = 16;
  int samples = 1'000;
  int copies = 1;
  /// The share of zeros that stay: the others are moved to the next point of the grid, to be found out.
  double wrong_rate = 1;
};

struct Synthetic {
  ZeroStatistics statistics;
  double expected = 0;  ///< zeros, from the densities that are known
};

Synthetic draw(const SyntheticLayer& layer, std::mt19937_64& random) {
  const LastAddition last = last_addition({.family = KernelFamily::portable, .order = {.bits = layer.bits}},
                                          Precision::fp64, LayerBias::of_linear);
  std::uniform_real_distribution<double> bias_of(-1.0 / 16, 1.0 / 16);
  std::uniform_real_distribution<double> unit_interval(0, 1);
  std::normal_distribution<double> normal;
  constexpr double deviation = 0.125;
  constexpr double scale = 0.16;  // of the layer: the products', the means' and the biases' spread together
  ZeroWindow window(window_share * scale, last.most_cells());
  Synthetic result;
  for (int unit = 0; unit < layer.units; ++unit) {
    const double bias = kernels::p_bit_rounded(bias_of(random), layer.bits);
    const double mean = 0.1 * normal(random);
    const double spacing = last.spacing(bias);
    const boost::math::normal_distribution<> products(mean, deviation);
    result.expected +=
        boost::math::pdf(products, -bias) * spacing * layer.samples * layer.copies * layer.wrong_rate;
    for (int sample = 0; sample < layer.samples; ++sample) {
      const double product = kernels::p_bit_rounded(mean + deviation * normal(random), layer.bits);
      double x = kernels::p_bit_sum(product, bias, layer.bits);
      if (x == 0 && unit_interval(random) > layer.wrong_rate) {
        x = spacing;
      }
      window.look_at(layer.copies);
      for (int copy = 0; copy < layer.copies && std::abs(x) <= window.half_width(); ++copy) {
        x == 0 ? window.add_zero(false) : window.add(x, spacing);
      }
    }
  }
  result.statistics = window.finish();
  return result;
}

bool inside(const ZeroStatistics& statistics) {
  const auto prediction = predict_zeros(statistics, confidence);
  const auto counted = static_cast<double>(statistics.counted());
  return prediction && prediction->counts.low <= counted && counted <= prediction->counts.high;
}

class SyntheticLayers : public ::testing::TestWithParam<SyntheticLayer> {};

TEST_P(SyntheticLayers, HaveTheirZerosInsideAsOftenAsStated) {
  constexpr int layers = 1'000;
  std::mt19937_64 random(11);
  int missed = 0;
  double predicted = 0;
  double known = 0;
  double variance = 0;
  for (int i = 0; i < layers; ++i) {
    const Synthetic layer = draw(GetParam(), random);
    const auto prediction = predict_zeros(layer.statistics, confidence);
    ASSERT_TRUE(prediction);
    missed += inside(layer.statistics) ? 0 : 1;
    predicted += prediction->expected;
    known += layer.expected;
    variance += prediction->expected * GetParam().copies / (2 * layer.statistics.cells);
  }
  EXPECT_LE(missed, most_misses(layers));
  // The sum over layers is Poisson (in groups): five standard errors. A normal density curves by at most
  // h²/(6σ²) over the window, and |x − mean| > σ curves the other way by less; the sums near a power of 2
  // lie on the next grid.
  const double curvature = std::pow(window_share * 0.16 / 0.125, 2) / 6;
  EXPECT_NEAR(predicted, known, 5 * std::sqrt(variance) + curvature * known);
}

INSTANTIATE_TEST_SUITE_P(All, SyntheticLayers,
                         ::testing::Values(SyntheticLayer{.bits = 8, .samples = 2'000},
                                           SyntheticLayer{.bits = 11}, SyntheticLayer{.bits = 16},
                                           SyntheticLayer{.bits = 24},
                                           SyntheticLayer{.bits = 11, .copies = 9}),
                         [](const auto& layer) {
                           return "bits" + std::to_string(layer.param.bits) + "copies" +
                                  std::to_string(layer.param.copies);
                         });

TEST(ZeroPrediction, FindsOutZerosThatTheLawDoesNotMake) {
  // Some 16 · 40,000 · 2.5 · 2^−12.6 = 250 zeros are expected, of which half are taken away: eight standard
  // deviations. The interval ends 2.6 of them below, and what the density may curve.
  constexpr int layers = 20;
  std::mt19937_64 random(12);
  int missed = 0;
  for (int i = 0; i < layers; ++i) {
    missed += inside(draw({.bits = 8, .samples = 40'000, .wrong_rate = 0.5}, random).statistics) ? 0 : 1;
  }
  EXPECT_EQ(missed, layers);
}

TEST(ZeroPrediction, IsTheExactTestOfTheOddsOfOneCell) {
  // 20 inputs in two cells of the window: k zeros are Bin(20 + k, 1/3) of them.
  const ZeroStatistics statistics{
      .inputs = 1'000, .half_width = 1, .cells = 1, .in_window = 20, .same_cell = 190};
  const auto prediction = predict_zeros(statistics, confidence);
  ASSERT_TRUE(prediction);
  EXPECT_EQ(prediction->expected, 10);
  EXPECT_EQ(prediction->dispersion, 1);
  EXPECT_EQ(prediction->curvature, 0) << "there is no inner half";
  const auto binomial = [](double zeros) {
    return boost::math::binomial_distribution<>(20 + zeros, 1.0 / 3);
  };
  const auto at_most = [&](double zeros) { return boost::math::cdf(binomial(zeros), zeros); };
  const auto at_least = [&](double zeros) {
    return boost::math::cdf(boost::math::complement(binomial(zeros), zeros - 1));
  };
  const Interval counts = prediction->counts;
  EXPECT_GE(at_most(counts.low), 0.005);
  EXPECT_LT(at_most(counts.low - 1), 0.005);
  EXPECT_GE(at_least(counts.high), 0.005);
  EXPECT_LT(at_least(counts.high + 1), 0.005);
}

TEST(ZeroPrediction, IsAbsentWithoutAWindow) {
  EXPECT_FALSE(predict_zeros({.inputs = 100, .zeros = 3}, confidence));
  ZeroWindow coarse(0.25, 1e6);
  coarse.add(0.25, 0.25);
  EXPECT_EQ(coarse.finish().cells, 0);
  EXPECT_FALSE(predict_zeros(coarse.finish(), confidence));
}

TEST(ZeroPrediction, OfAnEmptyWindowIsNoZero) {
  const auto prediction =
      predict_zeros({.inputs = 100, .half_width = 1, .cells = 1e6, .inner_cells = 5e5}, confidence);
  ASSERT_TRUE(prediction);
  EXPECT_EQ(prediction->expected, 0);
  EXPECT_EQ(prediction->counts.low, 0);
  EXPECT_EQ(prediction->counts.high, 0);
}

TEST(ZeroWindow, CountsCellsOfEachInputsOwnSpacing) {
  ZeroWindow window(1, 1e6);
  window.look_at(100);
  window.add_zero(true);
  window.add_zero(false);
  for (const double x : {0.125, -0.125, 0.25, 0.26, 0.875, 0.05}) {
    window.add(x, 0.125);
  }
  window.add(0.0625, 0.0625);
  window.add(-0.4375, 0.0625);
  window.add(0.5, 0.0625);
  const ZeroStatistics statistics = window.finish();
  EXPECT_EQ(statistics.inputs, 100);
  EXPECT_EQ(statistics.zeros, 2);
  EXPECT_EQ(statistics.structural, 1);
  EXPECT_EQ(statistics.counted(), 1);
  EXPECT_EQ(statistics.cells, 7) << "the far end of cell 8 is beyond 1";
  EXPECT_EQ(statistics.in_window, 7) << "all but 0.05 (cell 0) and 0.5 (cell 8)";
  EXPECT_EQ(statistics.inner_cells, 3);
  EXPECT_EQ(statistics.in_inner, 5);
  EXPECT_EQ(statistics.same_cell, 4) << "two of cell 1, two of cell 2";
  EXPECT_DOUBLE_EQ(statistics.mean_spacing, 7.0 / (5 / 0.125 + 2 / 0.0625));
}

}  // namespace
}  // namespace relu0
