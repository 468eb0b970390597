#include <cmath>
#include <iostream>

#include <relu0/analysis/torch/backprop.hpp>
#include <relu0/analysis/torch/draw_weights.hpp>
#include <relu0/fixtures/network/architectures/mlp.hpp>

int main() {
  const relu0::Network network = relu0::build({.hidden_layers = 1, .width = 4});
  relu0::Weights weights = relu0::draw_weights(network, 0);
  for (relu0::TensorValues& parameter : weights.parameters) {
    parameter.values = std::vector<float>(parameter.values.size());
  }
  const relu0::Batch black{.image_shape = {1, 28, 28}, .inputs = std::vector<float>(784), .labels = {3}};
  const relu0::GradientWithKinks result =
      relu0::backprop(network, weights, black, relu0::Precision::fp64, relu0::KinkChoices{});
  std::cout << "loss of the zero network: " << result.gradient.loss << '\n';
  // Ten equal logits: −log(1/10), a log and a sum of ten in binary64.
  const double expected = std::log(10.0);
  return std::abs(result.gradient.loss - expected) <= 20 * 0x1p-53 * expected ? 0 : 1;
}
