#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/zeros/kink_census.hpp"
#include "fixtures/network/precision.hpp"

#include <ATen/core/Tensor.h>

namespace relu0 {

/// What a tensor of binary32 or binary64 numbers holds of a point, in one sweep.
struct PointCount {
  std::int64_t hits = 0;  ///< equal to the point (a point of 0: of either sign)
  ZeroKinds zeros{};      ///< of a point of 0, otherwise 0
  std::int64_t nan = 0;
};

/// The point is converted to the tensor's type first, as LibTorch's kernels do. The precision says which
/// numbers are subnormal. Of other types nothing is counted.
PointCount count_point(const at::Tensor& x, double point, Precision precision);

/// How many elements of a floating-point tensor are NaN.
std::int64_t count_nan(const at::Tensor& x);

}  // namespace relu0
