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

/// The same with the smaller one of γ(n, u) and
///     γ̃(n, u) = exp(λ √n u + n u² / (1 − u)) − 1,  λ = 10,
/// in the place of each γ (Higham and Mary, A New Approach to Probabilistic Rounding Error Analysis, SIAM J.
/// Sci. Comput. 41(5), 2019, Theorem 2.4): where roundings are independent and their mean is 0, a product of
/// n factors 1 + δ, |δ| ≤ u, lies within γ̃ of 1 with a probability of at least 1 − 2 exp(−λ² (1 − u)² / 2).
/// At λ = 10 one product in 1.7e21 is beyond it where u ≤ 2^−8: any of 1.7e15 products, which is more than
/// all sums of a gradient have terms, with a probability of at most 1e-6. Roundings are no random numbers: a
/// million times 0.1, added in one chain at binary32, is off by 0.0096, which is 16 γ̃ and 0.16 γ. A kernel
/// that adds in blocks, as LibTorch's do, has shorter chains.
double probabilistic_rounding_bound(Precision precision, std::int64_t operations, std::int64_t summands);

}  // namespace relu0
