#pragma once
#include "analysis/torchscript/import/imported_pass.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/weights/weights.hpp"
#include "reference/pass/backprop.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace relu0::gate {

/// Kinks at 0 that the reference meets: its ball there is the number 0.
struct TrueZeros {
  Kink kink;
  std::map<std::size_t, std::vector<std::int64_t>> at{};  ///< elements (batch-major) by node, ascending
};

/// Those of every sort of kink that has some. Of clamps only their lower end where that is 0.
std::vector<TrueZeros> true_zeros_at_kinks(const Network& network, const reference::Backprop& run);

/// Whether a pass of LibTorch met each of them too.
bool meets_all(const ImportedPass& pass, const TrueZeros& zeros);

/// Between the two one-sided gradients of a tensor, element by element, outwards by their radii.
struct Segment {
  std::vector<double> low;
  std::vector<double> high;

  /// How far a gradient lies outside of it, relative to its largest elements or, where that is more, to a
  /// size of what the gradient adds up; NaN stays NaN, and infinite where it lies outside of {0} and adds
  /// nothing up.
  [[nodiscard]] double distance(const TypedValues& gradient, double summed = 0) const;
};

Segment segment_between(const reference::Tensor& a, const reference::Tensor& b);

}  // namespace relu0::gate
