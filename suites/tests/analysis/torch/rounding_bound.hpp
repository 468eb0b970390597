#pragma once
#include "fixtures/data/dataset.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/weights.hpp"

#include <vector>

namespace relu0::test {

/// How far a gradient can be from the true one that is computed in binary64, in any order of its sums, with
/// or without fused multiply-adds: one number per element, ≥ 0.
struct RoundingBound {
  std::vector<std::vector<double>> parameters;  ///< as Network::parameters()
  std::vector<double> input;                    ///< batch-major
};

/// A running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., chapters 3 and
/// 4) by the reference's own layers on absolute values: with u = 2^−53, γ_n = n u / (1 − n u), x̂ = x + Δx and
/// |Δx| ≤ e, a sum of n products has the error |w| e + γ_n |w| (|x| + e). Elementary functions of the loss
/// are taken to be within 4 u (LibTorch's vectorised ones are within 1 ulp, 2 u).
///
/// Throws std::invalid_argument for an operation that is not covered. Throws std::domain_error where an input
/// of a ReLU, LeakyReLU, clamp or absolute value is so close to its kink, or two elements of a max-pool's
/// window so close to each other, that rounding could decide.
RoundingBound rounding_bound(const Network& network, const Weights& weights, const Batch& batch);

}  // namespace relu0::test
