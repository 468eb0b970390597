#pragma once
#include <span>

namespace relu0 {

/// @name Rounding of binary32 values, in place
/// Correctly rounded. The results are binary32 numbers that the narrower format can hold, signed zeros and
/// infinities included; NaNs stay NaNs. Vectorised: a network's activations pass through these after each
/// operation.
/// @{

/// To binary16 (11-bit significand, exponents −14 … 15, subnormals down to 2^-24): nearest, ties to even;
/// magnitudes from 65520 on become infinite.
void round_to_binary16(std::span<float> values);

/// To bfloat16 (8-bit significand, binary32's exponents): nearest, ties to even.
void round_to_bfloat16(std::span<float> values);

/// To the 11-bit significand of TF32 operands: nearest, ties away from zero (PTX ISA, cvt.rna.tf32.f32);
/// magnitudes that round past the largest finite value become infinite.
void round_to_tf32(std::span<float> values);

/// @}

}  // namespace relu0
