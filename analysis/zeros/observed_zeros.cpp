#include "analysis/zeros/observed_zeros.hpp"

#include "analysis/torch/loaded_weights.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace relu0 {

ReluZeros observe_zeros(std::size_t node, const std::string& name, const at::Tensor& x) {
  ReluZeros result;
  result.node = node;
  result.name = name;
  const std::vector<double> values = to_doubles(x);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == 0) {
      result.zeros.push_back(static_cast<std::int64_t>(i));
    }
    if (std::isfinite(values[i])) {
      result.largest_magnitude = std::max(result.largest_magnitude, std::abs(values[i]));
    } else {
      ++result.non_finite;
    }
  }
  return result;
}

double smallest_normal(Precision precision) {
  switch (precision) {
    case Precision::fp16:
      return 0x1p-14;
    case Precision::bf16:
    case Precision::tf32:
    case Precision::fp32:
      return std::numeric_limits<float>::min();
    case Precision::fp64:
      return std::numeric_limits<double>::min();
  }
  throw std::logic_error("not a Precision");
}

ZeroKinds zero_kinds(const at::Tensor& x, Precision precision) {
  const double normal = smallest_normal(precision);
  ZeroKinds result;
  for (const double value : to_doubles(x)) {
    result.negative += value == 0 && std::signbit(value) ? 1 : 0;
    result.flushed += value != 0 && std::abs(value) < normal ? 1 : 0;
  }
  return result;
}

}  // namespace relu0
