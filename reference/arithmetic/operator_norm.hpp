#pragma once
#include "reference/arithmetic/product.hpp"
#include "reference/arithmetic/radius.hpp"

namespace relu0::reference {

/// A bound of ‖W‖₂, the largest ‖Wx‖₂ of ‖x‖₂ = 1, of the matrix whose rows an operand is.
/// Rigorous, and a function of the operand alone; unbounded for an operand with radii.
///
/// Rows are taken in blocks W_b of at most 512, as ‖W‖₂² ≤ Σ_b ‖W_b‖₂². Of a block, or of its transpose
/// where that has fewer rows, G = W Wᵀ has ‖W‖₂² = ‖G‖₂, a symmetric matrix with ‖G‖₂ = ‖G^8‖₂^(1/8) ≤
/// ‖G^8‖_F^(1/8), above it by n^(1/16) at most, 1.5 for 512 rows. Each factor is rounded to integers of q
/// bits, whose products dgemm sums exactly (row_bounds.hpp); what rounding changed, ½ a unit in each of n m
/// elements, adds at most ½ √(n m) units to the norm.
Radius operator_norm(const Operand& matrix, int threads);

}  // namespace relu0::reference
