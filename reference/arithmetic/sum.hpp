#pragma once
#include "reference/arithmetic/tensor.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace relu0::reference {

/// Σ values[at[i]], correctly rounded to the result's precision; +0 for no elements. Does not depend on the
/// order. Returns the radius: Σ of the elements' radii, and half a unit in the last place where it was
/// rounded.
Radius sum(mpfr_ptr result, const Tensor& values, std::span<const std::int64_t> at);

/// Σ x[at[i]] y[i], correctly rounded. y may have another precision. Returns the radius: Σ |x| r_y + r_x (|y|
/// + r_y), and the rounding.
Radius dot(mpfr_ptr result, const Tensor& x, std::span<const std::int64_t> at, const Tensor& y);

}  // namespace relu0::reference
