#include "reference/operations/layers/bias_gradient.hpp"

#include "reference/arithmetic/parallel.hpp"
#include "reference/arithmetic/sum.hpp"

#include <algorithm>

namespace relu0::reference {

Tensor bias_gradient(const Tensor& output_gradient, const Offsets& features, const Offsets& positions,
                     int threads) {
  Tensor result(output_gradient.bits(), {static_cast<std::int64_t>(features.size())});
  // |Σ e| ≤ √n ‖e‖₂, by Cauchy and Schwarz.
  const Radius together =
      joint_of_each(static_cast<std::int64_t>(positions.size()), output_gradient.joint_radius());
  parallel_for(threads, result.size(), 1, [&](std::int64_t feature, std::int64_t /*end*/) {
    Offsets at(positions.size());
    std::transform(positions.begin(), positions.end(), at.begin(), [&](std::int64_t position) {
      return features[static_cast<std::size_t>(feature)] + position;
    });
    const Radius of_each = sum(result.slot(feature), output_gradient, at);
    result.set_radius(feature, std::min(of_each, together + Radius::of_rounding(result[feature], 1)));
  });
  return result;
}

}  // namespace relu0::reference
