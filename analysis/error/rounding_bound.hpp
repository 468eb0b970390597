#pragma once
#include "fixtures/network/precision.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace relu0 {

/// What the engine rounds to at a precision: bits of the significand of a stored value, of a factor of a
/// matrix product, and of the accumulator of a sum.
struct Significands {
  int stored;
  int factor;
  int accumulator;
};
inline Significands significands(Precision precision) {
  constexpr int binary16 = 11;
  constexpr int bfloat16 = 8;
  constexpr int binary32 = 24;
  constexpr int binary64 = 53;
  switch (precision) {
    case Precision::fp16:
      return {.stored = binary16, .factor = binary16, .accumulator = binary32};
    case Precision::bf16:
      return {.stored = bfloat16, .factor = bfloat16, .accumulator = binary32};
    case Precision::tf32:
      return {.stored = binary32, .factor = binary16, .accumulator = binary32};
    case Precision::fp32:
      return {.stored = binary32, .factor = binary32, .accumulator = binary32};
    case Precision::fp64:
      return {.stored = binary64, .factor = binary64, .accumulator = binary64};
  }
  throw std::logic_error("not a Precision");
}

namespace rounding {

/// γ(n, u) = n u / (1 − n u); infinite where n u ≥ 1.
inline double gamma(std::int64_t n, double u) {
  const double product = static_cast<double>(n) * u;
  return product < 1 ? product / (1 - product) : std::numeric_limits<double>::infinity();
}

/// The smaller one of γ(n, u) and γ̃(n, u) (probabilistic_rounding_bound()).
inline double probabilistic_gamma(std::int64_t n, double u) {
  constexpr double lambda = 10;
  const auto roundings = static_cast<double>(n);
  return std::min(gamma(n, u), std::expm1(lambda * std::sqrt(roundings) * u + roundings * u * u / (1 - u)));
}

inline double bound(Precision precision, std::int64_t operations, std::int64_t summands,
                    double (*reach)(std::int64_t n, double u)) {
  const Significands bits = significands(precision);
  double per_operation = std::ldexp(1.0, -bits.stored);
  if (bits.factor < bits.stored) {
    per_operation += 2 * std::ldexp(1.0, -bits.factor);
  }
  return reach(operations, per_operation) + reach(summands, std::ldexp(1.0, -bits.accumulator));
}

}  // namespace rounding

/// How far from the exact gradient rounding may take one at `precision`, relative to the size of what was
/// added up:
///     γ(operations, u_stored + 2 u_factor) + γ(summands, u_accumulator),  γ(n, u) = n u / (1 − n u)
/// (Higham, Accuracy and Stability of Numerical Algorithms, 2002, Lemma 3.1), u = 2^−bits. u_factor counts
/// where factors are rounded further than they are stored (tf32). Infinite where n u ≥ 1. `operations` follow
/// one another in the forward and backward pass; `summands` are the lengths of their longest sums, added up.
/// It is not a bound on the error relative to the result: a gradient in which much cancels may exceed it. The
/// gate holds such a one against the size of its terms (analysis/gate/summed_difference.hpp).
inline double rounding_bound(Precision precision, std::int64_t operations, std::int64_t summands) {
  return rounding::bound(precision, operations, summands, rounding::gamma);
}

/// The same with the smaller one of γ(n, u) and
///     γ̃(n, u) = exp(λ √n u + n u² / (1 − u)) − 1,  λ = 10,
/// in the place of each γ (Higham and Mary, A New Approach to Probabilistic Rounding Error Analysis, SIAM J.
/// Sci. Comput. 41(5), 2019, Theorem 2.4): where roundings are independent and their mean is 0, a product of
/// n factors 1 + δ, |δ| ≤ u, lies within γ̃ of 1 with a probability of at least 1 − 2 exp(−λ² (1 − u)² / 2).
/// At λ = 10 one product in 1.7e21 is beyond it where u ≤ 2^−8: any of 1.7e15 products, which is more than
/// all sums of a gradient have terms, with a probability of at most 1e-6. Roundings are no random numbers: a
/// million times 0.1, added in one chain at binary32, is off by 0.0096, which is 16 γ̃ and 0.16 γ. A kernel
/// that adds in blocks, as LibTorch's do, has shorter chains.
inline double probabilistic_rounding_bound(Precision precision, std::int64_t operations,
                                           std::int64_t summands) {
  return rounding::bound(precision, operations, summands, rounding::probabilistic_gamma);
}

}  // namespace relu0
