#include "analysis/zeros/observed_zeros.hpp"

#include "analysis/torch/loaded_weights.hpp"

#include <algorithm>
#include <cmath>

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

}  // namespace relu0
