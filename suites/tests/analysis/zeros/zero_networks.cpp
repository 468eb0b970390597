#include "suites/tests/analysis/zeros/zero_networks.hpp"

namespace relu0::test {

using reference::chain;
using reference::Example;

namespace {

constexpr double one_and_ulp = 1 + 0x1p-23;
constexpr double its_square = 1 + 0x1p-22;  ///< rounded to binary32

Linear linear(std::int64_t in, std::int64_t out) {
  return {.in_features = in, .out_features = out, .bias = false};
}

}  // namespace

Example structural_zero() { return chain({2}, {linear(2, 1), Relu{}}, {0, 1}, {{3, 0}}); }

Example exact_zero() { return chain({2}, {linear(2, 1), Relu{}}, {1, 1}, {{1, -1}}); }

// One product a layer: whatever a BLAS fuses or reorders, the values between layers are rounded.
Example rounding_zero() {
  return chain({1}, {linear(1, 1), linear(1, 1), Linear{.in_features = 1, .out_features = 2}, Relu{}}, {1},
               {{one_and_ulp}, {one_and_ulp}, {1, 1}, {-its_square, 0}});
}

Example undecidable_zero() {
  return chain({2},
               {BatchNorm{.features = 2, .epsilon = 1e-5, .statistics = BatchStatistics::running},
                linear(2, 1), Relu{}},
               {1, 1}, {{1, 1}, {0, 0}, {1, -1}}, {{0.25, 0.25}, {1, 1}});
}

Example missed_zero() {
  return chain({1}, {linear(1, 2), linear(2, 3), linear(3, 2), linear(2, 1), Relu{}}, {1},
               {{one_and_ulp, 1}, {one_and_ulp, 0, 0, its_square, 0, 0x1p-46}, {1, -1, 0, 0, 0, 1}, {1, -1}});
}

Dataset dataset_of(const Example& example) {
  Dataset dataset;
  dataset.name = "by hand";
  dataset.image_shape = example.batch.image_shape;
  dataset.classes = 2;
  for (const float pixel : example.batch.inputs) {
    dataset.images.push_back(pixel == 0 ? 0 : 255);
  }
  dataset.labels = {0};
  return dataset;
}

}  // namespace relu0::test
