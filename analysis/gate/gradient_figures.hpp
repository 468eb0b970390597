#pragma once
// Private to analysis: includes LibTorch.
#include "fixtures/network/precision.hpp"

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace relu0::gate {

/// @name Figures of gradients
/// A gradient that is undefined, since none reaches its tensor, counts as 0. Sums are taken in binary64:
/// relative error at most elements × 2^−53. Infinities and NaNs propagate.
/// @{

struct GradientSize {
  double l2_norm = 0;  ///< ‖g‖₂
  std::int64_t nans = 0;
  std::int64_t infinite = 0;
};
/// In one sweep.
GradientSize size_of(const at::Tensor& gradient);

/// ‖b − a‖₂ / ‖a‖₂; 0 where both are 0, infinite where only a is.
double relative_difference(const at::Tensor& a, const at::Tensor& b);

/// ‖b − a‖₂.
double distance(const at::Tensor& a, const at::Tensor& b);

/// The largest |value − exact| over the elements, in units in the last place of the precision's storage
/// format at `exact`, at least its smallest subnormal number (reference/arithmetic/format.hpp); NaN where an
/// element of either is. `exact`: binary64; `value`: binary32, of a precision other than fp64.
double largest_ulps(const at::Tensor& exact, const at::Tensor& value, Precision precision);

/// Whether both hold the same bits, or both are undefined.
bool are_same(const at::Tensor& a, const at::Tensor& b);
/// @}

}  // namespace relu0::gate
