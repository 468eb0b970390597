#pragma once
#include "analysis/torch/gradient.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// How one tensor of gradient b differs from that of gradient a.
struct TensorComparison {
  std::string name;
  std::int64_t differing = 0;  ///< elements that differ in some bit; +0 and −0 differ, equal NaNs do not
  double difference_l2 = 0;    ///< ‖a − b‖₂
  double reference_l2 = 0;     ///< ‖a‖₂
};

/// Two gradients of one network, element by element.
struct Comparison {
  std::vector<TensorComparison> tensors;

  [[nodiscard]] bool differs() const;
  /// Whether the first layer's weight gradient differs: all that the authors' notebooks compared.
  [[nodiscard]] bool first_layer_differs() const;
  /// ‖a − b‖₂ / ‖a‖₂ over all parameters. Absent when ‖a‖₂ is 0; NaN and infinity propagate.
  [[nodiscard]] std::optional<double> relative_l2() const;
};

/// Throws InputError when the two are not gradients of the same parameters.
Comparison compare(const Gradient& a, const Gradient& b);

}  // namespace relu0
