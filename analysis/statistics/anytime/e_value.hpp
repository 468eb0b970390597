#pragma once
#include <span>
#include <vector>

/// Statistics that stay valid when the results decide how many draws are made.
///
/// An e-process of a null hypothesis is a sequence e_0 = 1, e_1, … of non-negative numbers, each computed
/// from the draws so far, that is bounded by a supermartingale under every distribution of the hypothesis.
/// Ville's inequality (Étude critique de la notion de collectif, 1939) then bounds, for every α in (0, 1),
///
///     P(some e_n ≥ 1 / α) ≤ α        under the null hypothesis.
///
/// So the hypothesis may be rejected at level α at the first n at which e_n ≥ 1 / α, or at any n that was
/// chosen by looking at the results: optional stopping and optional continuation cost nothing. The values of
/// a parameter whose hypothesis is not rejected form a confidence sequence, which holds the truth at all n at
/// once with probability at least 1 − α. All of this folder is non-asymptotic: it needs no large n.
///
/// E-values are computed as natural logarithms, since they overflow, and are lowered by a bound of their
/// rounding error, so that rounding makes an interval wider and a p-value larger, never the opposite.
namespace relu0::anytime {

/// The anytime-valid p-value min(1, 1 / e): P(p_n ≤ α for some n) ≤ α under the null hypothesis.
double p_value(double log_e);

/// log Σ exp(terms[i]); −∞ for no terms.
double log_sum_exp(std::span<const double> terms);

/// A discrete probability distribution.
struct DiscretePrior {
  std::vector<double> nodes;
  std::vector<double> log_weights;  ///< of weights that add up to 1
};

/// The prior over the strength u of a bet, 0 < u < 1, that stands for the uniform distribution: the 128 nodes
/// and weights of the Gauss-Legendre rule. As it is a distribution of its own, an average over it is an
/// e-process exactly; that it is near the uniform one is a matter of power, not of validity. Its nodes are
/// denser at the ends, 7e-5 from them at the least, so that small effects are found by many draws.
const DiscretePrior& uniform_bets();

/// log Σ weight_i · exp(log_values[i]), lowered by a bound of its rounding error.
double log_average(const DiscretePrior& prior, std::span<const double> log_values);

}  // namespace relu0::anytime
