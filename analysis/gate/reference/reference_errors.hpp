#pragma once
#include "analysis/gate/measured.hpp"
#include "analysis/torchscript/import/imported_pass.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/weights/weights.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace relu0::gate {

/// How much a gate lets the reference do.
struct ReferenceLimits {
  int bits = 128;      ///< of its first run (certificate.hpp)
  int max_bits = 384;  ///< of any run: elements that are then undecided count into the bound
  int threads = 1;
  std::uint64_t memory = std::uint64_t{4} << 30;  ///< in bytes
};

/// LibTorch's gradients of one mini-batch at one precision, and the network that it computed them of.
struct ReferenceCase {
  Precision precision = Precision::fp32;
  const ImportedPass& pass;  ///< has a model; of the precision's own arithmetic
  /// By the names of the model's tensors (ImportedTensor::source), in their orientation; "input …" is with
  /// respect to the input.
  std::vector<TensorValues> gradients;
  /// How far rounding may take a gradient, relative to what it adds up (rounding_of()).
  double rounding = 0;
  /// ‖Σₖ |tₖ|‖₂ of what the gradients of these names add up (summed_difference.hpp); not those where it isn't
  /// known.
  std::map<std::string, double> summed{};
};

/// What the reference says about one case.
struct ReferenceFigures {
  std::vector<ReferenceError> errors;
  std::vector<ZeroOriginCount> zero_origins;
  std::vector<ReferenceGap> gaps;  ///< tensors without a figure, kinks of which the segment was not judged
};

/// Runs the reference on a mini-batch, once for all cases that compute with the same numbers (tf32, fp32 and
/// fp64 as a rule), and holds each case's gradients against it. `native`: what the framework does at kinks by
/// itself, which the reference then does too.
///
/// Error: TensorError (gradient_error.hpp) of each tensor, the sum over all nodes that use it. A tensor whose
/// true gradient is not told from 0 has no relative error; it is a gap.
///
/// Segment: where the reference meets a kink at 0 exactly (of a ReLU, a leaky ReLU, the lower end of a clamp,
/// an absolute value) its gradient is taken with both one-sided derivatives there, the same at every such
/// place, and with the native choice at all other kinks: L and R. A gradient g is on the segment where
///     ‖(max(0, min(Lᵢ, Rᵢ) − gᵢ, gᵢ − max(Lᵢ, Rᵢ)))ᵢ‖₂ ≤ rounding · max(‖(max(|Lᵢ|, |Rᵢ|))ᵢ‖₂, ‖Σₖ |tₖ|‖₂)
/// for every such kink: element by element between the two, as far as rounding allows. L and R are moved
/// outwards by their radii, which are proven, and rounded outwards to binary64. A tie of a pool is held at
/// the native choice. Where LibTorch does not meet each of these zeros itself, rounding takes sides there
/// place by place, and such a gradient need not lie between L and R: it isn't judged, which is a gap. Zeros
/// that LibTorch meets and that are none in the real numbers are judged: no choice there is a derivative.
///
/// Throws nothing for what the reference refuses (memory, numbers that are not finite): each case then has
/// one gap and no figures.
std::vector<ReferenceFigures> reference_figures(std::span<const ReferenceCase> cases,
                                                const KinkChoices& native, const ReferenceLimits& limits);

}  // namespace relu0::gate
