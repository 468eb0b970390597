#pragma once
#include "fixtures/network/precision.hpp"

#include <cstdint>

namespace relu0 {

/// What the engine rounds to at a precision: bits of the significand of a stored value, of a factor of a
/// matrix product, and of the accumulator of a sum.
struct Significands {
  int stored;
  int factor;
  int accumulator;
};
Significands significands(Precision precision);

/// How far from the exact gradient rounding may take one at `precision`, relative to the size of what was
/// added up:
///     γ(operations, u_stored + 2 u_factor) + γ(summands, u_accumulator),  γ(n, u) = n u / (1 − n u)
/// (Higham, Accuracy and Stability of Numerical Algorithms, 2002, Lemma 3.1), u = 2^−bits. u_factor counts
/// where factors are rounded further than they are stored (tf32). Infinite where n u ≥ 1. `operations` follow
/// one another in the forward and backward pass; `summands` are the lengths of their longest sums, added up.
/// It is not a bound on the error relative to the result: a gradient in which much cancels may exceed it. The
/// gate holds such a one against the size of its terms (analysis/gate/summed_difference.hpp).
double rounding_bound(Precision precision, std::int64_t operations, std::int64_t summands);

}  // namespace relu0
