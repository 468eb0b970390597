#include "analysis/impact/comparison.hpp"

#include "fixtures/error.hpp"
#include "fixtures/network/weights/typed_values.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include <fmt/format.h>

namespace relu0 {

bool Comparison::differs() const {
  return std::any_of(tensors.begin(), tensors.end(),
                     [](const TensorComparison& t) { return t.differing > 0; });
}

bool Comparison::first_layer_differs() const { return !tensors.empty() && tensors.front().differing > 0; }

std::optional<double> Comparison::relative_l2() const {
  double difference = 0;
  double reference = 0;
  for (const TensorComparison& tensor : tensors) {
    difference = std::hypot(difference, tensor.difference_l2);
    reference = std::hypot(reference, tensor.reference_l2);
  }
  if (reference == 0) {
    return std::nullopt;
  }
  return difference / reference;
}

Comparison compare(const Gradient& a, const Gradient& b) {
  if (a.parameters.size() != b.parameters.size()) {
    throw InputError(fmt::format("cannot compare gradients of {} and {} parameter tensors",
                                 a.parameters.size(), b.parameters.size()));
  }
  Comparison comparison;
  for (std::size_t i = 0; i < a.parameters.size(); ++i) {
    const TensorValues& left = a.parameters[i];
    const TensorValues& right = b.parameters[i];
    if (left.name != right.name || left.values.size() != right.values.size()) {
      throw InputError(fmt::format("cannot compare gradient tensor {}: '{}' with {} values, '{}' with {}", i,
                                   left.name, left.values.size(), right.name, right.values.size()));
    }
    TensorComparison tensor{.name = left.name};
    double difference_squared = 0;
    double reference_squared = 0;
    for_each_pair(left.values, right.values, [&](double x, double y) {
      tensor.differing += std::bit_cast<std::uint64_t>(x) != std::bit_cast<std::uint64_t>(y) ? 1 : 0;
      difference_squared += (x - y) * (x - y);
      reference_squared += x * x;
    });
    tensor.difference_l2 = std::sqrt(difference_squared);
    tensor.reference_l2 = std::sqrt(reference_squared);
    comparison.tensors.push_back(std::move(tensor));
  }
  return comparison;
}

}  // namespace relu0
