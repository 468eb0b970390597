#pragma once
#include "reference/arithmetic/exact/fixed_point.hpp"
#include "reference/arithmetic/tensor.hpp"

#include <cstdint>

namespace relu0::reference {

/// What is known of the distances in `result` = Wx + bias together, where ‖W‖₂ ≤ norm, unbounded where W has
/// radii: true numbers x + e give Wx + We with ‖We‖₂ ≤ ‖W‖₂ ‖e‖₂, and midpoints are off Wx by what truncation
/// dropped from sums over `inner` elements (product.hpp) and by the rounding. A bias, null for none, adds
/// nothing where it is exact; with one that is not, nothing is known.
inline Radius joint_of_map(Radius norm, const Tensor& x, const Tensor& w, const Tensor* bias,
                           std::int64_t inner, const Tensor& result) {
  if (!norm.is_bounded() || (bias != nullptr && !bias->is_exact())) {
    return Radius::unbounded();
  }
  const Radius truncation =
      dropped_from_products(inner, std::int64_t{max_exponent(x)} + max_exponent(w), result.bits());
  return norm * x.joint_radius() + joint_of_each(result.size(), truncation) + joint_rounding(result);
}

}  // namespace relu0::reference
