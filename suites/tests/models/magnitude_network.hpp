#pragma once
#include "fixtures/models/imported_model.hpp"

#include <vector>

namespace relu0::test {

/// How far an output may be from the true one that was computed in binary32, in any order of its sums: γ_n
/// times what the network makes of the absolute values of inputs and weights, with n the number of roundings
/// on the way to an element and γ_n = n u / (1 − n u), u = 2^−24 (Higham, Accuracy and Stability of Numerical
/// Algorithms, 2nd ed., section 3.1: each rounding multiplies one term by 1 + δ, |δ| ≤ u, whatever the
/// order). One rounding more for a weight that was stored as a decimal number. 0 where nothing is rounded.
///
/// Sums, products, pools, batch-norms with running statistics and what only moves values are covered, and
/// ReLUs and clamps, which bring no two numbers further apart. Softmax, LogSoftmax and LocalResponseNorm are
/// where they are all that the network computes:
///   softmax: relative to the output, (2 R + K + 16) u for K values whose largest distance is R: the
///   exponents are off by u R each, exp and the division by a few u (4 taken), the sum by K u; log-softmax:
///   absolute, the same, and 8 u of the output; LRN: relative to the output, (beta (K + 6) + 8 + |ln(x / y)|)
///   u for K channels: base^beta is off by beta times the base's relative error, by u |ln(base^beta)| for
///   beta itself, and pow by a few u.
std::vector<double> output_error_bound(const Network& network, const Weights& weights,
                                       const std::vector<double>& inputs);

}  // namespace relu0::test
