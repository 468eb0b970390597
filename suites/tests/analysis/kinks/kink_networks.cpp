#include "suites/tests/analysis/kinks/kink_networks.hpp"

#include "fixtures/network/network_builder.hpp"
#include "fixtures/network/weights/weights_builder.hpp"

#include <random>

namespace relu0::test {

namespace {

constexpr std::uint8_t white = 255;

Dataset dataset(Shape shape, std::vector<std::uint8_t> pixels, std::vector<std::uint8_t> labels) {
  Dataset result;
  result.name = "by hand";
  result.image_shape = std::move(shape);
  result.classes = 2;
  result.images.assign(pixels.begin(), pixels.end());
  result.labels.assign(labels.begin(), labels.end());
  return result;
}

}  // namespace

Planted planted(const Operation& activation, std::vector<double> weights) {
  const Network network = NetworkBuilder({2}).linear(1, false).append(activation).linear(2).cross_entropy();
  Weights theta = WeightsBuilder(network)
                      .set("linear1.weight", weights)
                      .set("linear2.weight", {0.125, 0})
                      .set("linear2.bias", {0, 0})
                      .build();
  return {network, std::move(theta), dataset({2}, {white, white, white, 0}, {0, 0})};
}

Planted planted_pool(std::vector<double> weights) {
  const Network network = NetworkBuilder({2, 1, 2})
                              .convolution(1, square_window(1), false)
                              .relu()
                              .max_pool({.kernel = {1, 2}, .stride = {1, 2}})
                              .linear(2)
                              .cross_entropy();
  Weights theta = WeightsBuilder(network)
                      .set("convolution1.weight", weights)
                      .set("linear1.weight", {1, 0})
                      .set("linear1.bias", {0, 0})
                      .build();
  // The two places of the first channel, then those of the second.
  return {
      network, std::move(theta),
      dataset({2, 1, 2}, {white, 0, 0, white, white, white, white, white, white, 0, white, 0}, {0, 0, 0})};
}

Dataset black_and_white(const Shape& shape, std::int64_t images, std::uint64_t seed) {
  constexpr int classes = 3;
  std::mt19937_64 random(seed);
  std::vector<std::uint8_t> pixels;
  std::vector<std::uint8_t> labels;
  for (std::int64_t i = 0; i < images; ++i) {
    for (std::int64_t k = 0; k < element_count(shape); ++k) {
      pixels.push_back(random() % 4 == 0 ? white : 0);
    }
    labels.push_back(static_cast<std::uint8_t>(random() % classes));
  }
  Dataset result = dataset(shape, std::move(pixels), std::move(labels));
  result.classes = classes;
  return result;
}

}  // namespace relu0::test
