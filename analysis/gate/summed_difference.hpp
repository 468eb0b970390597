#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/gate/measured.hpp"
#include "analysis/torchscript/script_pass.hpp"

#include <functional>
#include <optional>
#include <vector>

/// @file
/// Differences of gradients relative to what these add up, for limits that are derived from rounding.
///
/// Let g = Σₖ tₖ, element by element, be the last sum that a gradient comes from, and S = Σₖ |tₖ|
/// (SummedTerms). Where each computed term is within γ |tₖ| of the exact one and the sum's own rounding is
/// counted in,
///     γ = probabilistic_rounding_bound(precision, operations, summands),
/// the computed gradient ĝ has |ĝ − g| ≤ γ S (Higham, Accuracy and Stability of Numerical Algorithms, 2002,
/// (4.4) and Lemma 3.3, to first order), hence
///     ‖ĝ − g‖₂ ≤ γ ‖S‖₂ .
/// The step from the terms to their sum is proved; that the terms are as accurate as their number of
/// operations says is taken from there, which does not look into cancellations further inside. |g|
/// ≤ S, so that a difference of at most γ ‖g‖₂ is within the bound already and nothing more has to be
/// measured of it.
namespace relu0::gate {

/// How far rounding may take a gradient relative to what it adds up: γ above; infinite where the graph's
/// sizes are not known.
double rounding_of(const PrecisionResults& results);

/// Gives Σₖ |tₖ| of the tensors of these numbers (ScriptPass::summed_terms()).
using TermsOf = std::function<NamedGradients(const std::vector<std::size_t>& tensors)>;

/// Which differences are held against what is summed.
enum class SummedWhere {
  beyond_rounding,  ///< those of more than γ ‖a‖₂
  /// Only those of them whose gradient rounding alone could make: γ ‖S‖₂ ≥ ‖a‖₂. For differences that are
  /// not of rounding, so that a tensor in which much cancels keeps a limit relative to itself as long as it
  /// is told from 0.
  told_from_nothing,
};

/// Two lists of gradients that are held against each other.
struct ComparedGradients {
  const NamedGradients& from;
  const NamedGradients& to;
  const std::vector<double>& relative;  ///< their relative differences
  std::int64_t mini_batch;
};

/// Raises `largest` of each tensor to the difference of `to` from `from` relative to what `from` adds up; not
/// where it is not looked at, or cannot be larger than what is kept, since it is no larger than the relative
/// one. `terms_of` is called at most once, and only for tensors that need it. Where it does not know what a
/// tensor adds up, that counts as the gradient itself.
void raise_summed(const std::vector<std::optional<SummedDifference>*>& largest,
                  const ComparedGradients& compared, double rounding, SummedWhere where,
                  const TermsOf& terms_of);

/// Keeps the larger one; one that is absent changes nothing.
void raise_summed(std::optional<SummedDifference>& largest, const std::optional<SummedDifference>& candidate);

}  // namespace relu0::gate
