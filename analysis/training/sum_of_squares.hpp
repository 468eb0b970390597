#pragma once
#include <span>

namespace relu0 {

/// @name Σ xᵢ², summed in binary64
/// Sixteen partial sums, xᵢ in that of i mod 16, which are added in order: the same bits on every machine.
/// @{
double sum_of_squares(std::span<const float> values);
double sum_of_squares(std::span<const double> values);
/// @}

}  // namespace relu0
