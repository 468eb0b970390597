#pragma once
#include "reference/arithmetic/exact/fixed_point.hpp"
#include "reference/arithmetic/tensor.hpp"

#include <cstdint>

namespace relu0::reference {

/// What is known of the distances in `result` = Wx together, where ‖W‖₂ ≤ norm, unbounded where W has radii:
/// true numbers x + e give Wx + We with ‖We‖₂ ≤ ‖W‖₂ ‖e‖₂, and midpoints are off Wx by what the product's
/// truncation, 2 K 2^(E_x + E_w − W) of sums over K = `inner` elements (product.hpp), and the rounding
/// changed. A bias adds nothing.
inline Radius joint_of_map(Radius norm, const Tensor& x, const Tensor& w, std::int64_t inner,
                           const Tensor& result) {
  if (!norm.is_bounded()) {
    return norm;
  }
  const Radius truncation =
      Radius::above(static_cast<std::uint64_t>(2 * inner),
                    std::int64_t{max_exponent(x)} + max_exponent(w) - fixed_point_bits(result.bits()));
  return norm * x.joint_radius() + joint_of_each(result.size(), truncation) + joint_rounding(result);
}

}  // namespace relu0::reference
