// What layers say of all distances together, where these lie in the worst places.
#include "fixtures/random/split_mix64.hpp"
#include "reference/arithmetic/ball.hpp"
#include "reference/operations/layer.hpp"
#include "suites/tests/reference/balls/overlap_together.hpp"
#include "suites/tests/reference/layer_run.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

constexpr int bits_of_layers = 128;
constexpr std::int64_t samples = 8;
constexpr std::int64_t features = 2;

/// Samples × features, of `first` in feature 0 and `second` in feature 1.
Tensor two_features(const std::array<double, samples>& first, const std::array<double, samples>& second) {
  std::vector<double> values;
  for (std::size_t i = 0; i < samples; ++i) {
    values.insert(values.end(), {first.at(i), second.at(i)});
  }
  return {bits_of_layers, {samples, features}, std::span<const double>(values)};
}

std::array<double, samples> times(const std::array<double, samples>& pattern, double factor) {
  std::array<double, samples> result = pattern;
  for (double& value : result) {
    value *= factor;
  }
  return result;
}

std::array<double, samples> sum(const std::array<double, samples>& a, const std::array<double, samples>& b) {
  std::array<double, samples> result = a;
  for (std::size_t i = 0; i < samples; ++i) {
    result.at(i) += b.at(i);
  }
  return result;
}

/// Distances of up to 2^exponent in one feature and none in the other, all of them together likewise.
void give_distances(Tensor& tensor, std::int64_t feature, int exponent) {
  tensor.make_room_for_radii();
  for (std::int64_t i = 0; i < samples; ++i) {
    tensor.set_radius(i * features + feature, Radius::above(1, exponent));
  }
  tensor.set_joint_radius(joint_of_each(samples, Radius::above(1, exponent)));
}

std::unique_ptr<Layer> layer_of(const Node& node, const std::vector<Tensor>& parameters) {
  return make_layer(node, {.bits = bits_of_layers,
                           .batch = samples,
                           .product = {},
                           .input_shapes = {{features}},
                           .output_shape = {features},
                           .parameters = parameters,
                           .buffers = {},
                           .labels = {}});
}

Tensor input_gradient(const Tensor& input, const Tensor& output_gradient,
                      const std::vector<Tensor>& parameters) {
  const auto layer =
      layer_of({.name = "bn", .operation = BatchNorm{.features = features}, .inputs = {0}}, parameters);
  (void)layer->forward({&input});
  LayerGradients gradients = layer->backward({&input}, output_gradient);
  return std::move(gradients.inputs[0]);
}

/// The gradient's distances come from those of dy in feature 0, where γ is large, and as much again from
/// those of x in feature 1, where dy is. Those of feature 0 are passed on in full: they are orthogonal to the
/// ones and to x̂. Those of feature 1 turn x̂ towards dy, which makes a sixth of the bound there. So all
/// together are longer than the bound of either feature by itself.
TEST(BatchNormTogether, HoldsDistancesOfTheInputAndOfTheGradientInDifferentFeatures) {
  const std::array<double, samples> pattern{1, -1, 1, -1, 1, -1, 1, -1};
  const std::array<double, samples> across{1, 1, -1, -1, 1, 1, -1, -1};
  const std::array<double, samples> none{};
  const std::array<double, features> gamma{0x1p20, 1};
  const std::array<double, features> beta{};
  std::vector<Tensor> parameters;
  parameters.emplace_back(bits_of_layers, Shape{features}, std::span<const double>(gamma));
  parameters.emplace_back(bits_of_layers, Shape{features}, std::span<const double>(beta));
  // 2^20 · 2^−40 from dy; 6 · 2^−30 · 128 from x, three quarters of that.
  const std::array<double, samples> far = times(across, 128);
  Tensor input = two_features(pattern, pattern);
  Tensor gradient = two_features(none, far);
  give_distances(input, 1, -30);
  give_distances(gradient, 0, -40);
  const Tensor balls = input_gradient(input, gradient, parameters);
  const Tensor moved = input_gradient(two_features(pattern, sum(pattern, times(across, 0x1p-30))),
                                      two_features(times(across, 0x1p-40), far), parameters);
  EXPECT_TRUE(balls.known_joint_radius().is_bounded());
  EXPECT_TRUE(overlap_together(balls, moved));
}

/// Distances of all places of a feature together shrink by half, as each of them does.
TEST(BatchNormTogether, OfRunningStatisticsPassesDistancesOnTimesItsSlope) {
  LayerCase layer_case = drawn({.name = "running",
                                .operation = BatchNorm{1, 1.0, BatchStatistics::running},
                                .input_shapes = {{1, 8, 8}}},
                               3, false);
  layer_case.parameters = {{2}, {0.5}};
  layer_case.buffers = {{0.25}, {15}};
  layer_case.input_distance = Radius::above(1, -30);
  layer_case.gradient_distance = Radius::above(1, -20);
  const LayerRun result = run(layer_case, bits_of_layers, ProductKind::exact_slices);
  // γ / s = 2 / √16.
  const auto half = [](std::int64_t size, int exponent) {
    return joint_of_each(size, Radius::above(1, exponent - 1)).to_double() * (1 + 0x1p-20);
  };
  const Tensor& output = result.output;
  EXPECT_LE(output.known_joint_radius().to_double(), half(output.size(), -30));
  const Tensor& gradient = result.gradients.inputs[0];
  EXPECT_LE(gradient.known_joint_radius().to_double(), half(gradient.size(), -20));
}

/// Where and how far the numbers that reach a layer may be off.
struct Moved {
  std::string name;
  int inputs;    ///< the exponent of each element's distance
  int gradient;  ///< the same
};

class EveryLayerTogether : public testing::TestWithParam<LayerCase> {};

INSTANTIATE_TEST_SUITE_P(Table, EveryLayerTogether, testing::ValuesIn(layer_cases()),
                         [](const auto& instance) { return instance.param.name; });

/// Each element is moved to one end of its ball. What is known of the results, element by element and of all
/// together, must hold those of the numbers moved.
TEST_P(EveryLayerTogether, HoldsTheResultsOfNumbersThatWereMoved) {
  constexpr int none = -1'000;
  for (const auto& [name, inputs, gradient] :
       {Moved{"inputs", -30, none}, Moved{"gradient", none, -30}, Moved{"both", -34, -28}}) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      LayerCase balls = drawn(GetParam(), seed, false);
      LayerCase moved = balls;
      SplitMix64 random(seed);
      const auto move = [&random](std::vector<double>& values, int exponent) {
        for (double& value : values) {
          value += (random.next() & 1) == 0 ? std::ldexp(1.0, exponent) : -std::ldexp(1.0, exponent);
        }
      };
      if (inputs != none) {
        balls.input_distance = Radius::above(1, inputs);
        for (std::vector<double>& input : moved.inputs) {
          move(input, inputs);
        }
      }
      if (gradient != none) {
        balls.gradient_distance = Radius::above(1, gradient);
        move(moved.output_gradient, gradient);
      }
      const LayerRun bounds = run(balls, bits_of_layers, ProductKind::exact_slices);
      const LayerRun truth = run(moved, 2 * bits_of_layers, ProductKind::exact_slices);
      const auto of_bounds = parts(bounds);
      const auto of_truth = parts(truth);
      for (std::size_t i = 0; i < of_bounds.size(); ++i) {
        const auto& [part, tensor] = of_bounds[i];
        EXPECT_TRUE(overlap_together(*tensor, *of_truth[i].second)) << part << ", " << name << " moved";
        for (std::int64_t e = 0; e < tensor->size(); ++e) {
          EXPECT_FALSE(is_certainly_less((*tensor)[e], (*of_truth[i].second)[e]) ||
                       is_certainly_less((*of_truth[i].second)[e], (*tensor)[e]))
              << part << "[" << e << "], " << name << " moved";
        }
      }
    }
  }
}

TEST(LinearTogether, CountsABiasThatIsNotExact) {
  const std::array<double, features * features> weight{1, 0, 0, 1};
  const std::array<double, features> bias{0.5, 0.25};
  const std::array<double, features> moved_bias{0.5, 0.25 + 0x1p-20};
  const Tensor input = two_features({1, 2, 3, 4, 5, 6, 7, 8}, {8, 7, 6, 5, 4, 3, 2, 1});
  const auto output_with = [&](const std::array<double, features>& of, Radius radius) {
    std::vector<Tensor> parameters;
    parameters.emplace_back(bits_of_layers, Shape{features, features}, std::span<const double>(weight));
    parameters.emplace_back(bits_of_layers, Shape{features}, std::span<const double>(of));
    parameters[1].make_room_for_radii();
    parameters[1].set_radius(1, radius);
    const Node node{
        .name = "fc", .operation = Linear{.in_features = features, .out_features = features}, .inputs = {0}};
    return layer_of(node, parameters)->forward({&input}).values;
  };
  EXPECT_TRUE(overlap_together(output_with(bias, Radius::above(1, -20)), output_with(moved_bias, {})));
  EXPECT_FALSE(overlap_together(output_with(bias, {}), output_with(moved_bias, {})));
}

}  // namespace
}  // namespace relu0::reference
