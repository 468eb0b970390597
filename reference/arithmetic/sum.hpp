#pragma once
#include "reference/arithmetic/tensor.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace relu0::reference {

/// Σ values[at[i]], correctly rounded to the result's precision; +0 for no elements. Does not depend on the
/// order. Returns MPFR's ternary value.
int sum(mpfr_ptr result, const Tensor& values, std::span<const std::int64_t> at);

/// Σ x[at[i]] y[i], correctly rounded. y may have another precision.
int dot(mpfr_ptr result, const Tensor& x, std::span<const std::int64_t> at, const Tensor& y);

}  // namespace relu0::reference
