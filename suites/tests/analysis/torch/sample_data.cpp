#include "suites/tests/analysis/torch/sample_data.hpp"

#include "fixtures/data/sets/mnist.hpp"

#include <cmath>
#include <cstdlib>
#include <random>

namespace relu0::test {

const Dataset& training_data() {
  static const OpenedDataset opened = [] {
    const char* folder = std::getenv("RELU0_DATA_DIR");
    return open_dataset(datasets::mnist,
                        folder == nullptr ? std::nullopt : std::optional<std::filesystem::path>(folder),
                        Split::train);
  }();
  return *opened.in_memory;
}

Dataset tiny_dataset(std::int64_t images, std::int64_t inputs, std::int64_t classes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Dataset dataset;
  dataset.name = "tiny";
  dataset.image_shape = {inputs};
  dataset.classes = classes;
  for (std::int64_t i = 0; i < images * inputs; ++i) {
    dataset.images.push_back(static_cast<std::uint8_t>(random() % 256));
  }
  for (std::int64_t i = 0; i < images; ++i) {
    dataset.labels.push_back(static_cast<std::uint8_t>(random() % static_cast<std::uint64_t>(classes)));
  }
  return dataset;
}

Weights coarse(Weights weights) {
  constexpr double grid = 16;
  for (TensorValues& parameter : weights.parameters) {
    for (double& value : parameter.values.widen()) {
      value = std::round(value * grid) / grid;
    }
  }
  return weights;
}

}  // namespace relu0::test
