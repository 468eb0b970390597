#pragma once
#include "suites/measurements/reference_error.hpp"
#include "suites/run/evidence.hpp"

#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// One θ at one precision, held against the reference.
struct ComparedDraw {
  PrecisionError error;
  int proven_bits = 0;
  int bits = 0;

  /// @name What was measured with one choice of ReLU'(0)
  /// Throw StoreError where it was not measured.
  /// @{
  [[nodiscard]] const ChoiceError& choice(DerivativeChoice at_zero) const;
  /// The errors of the parameters' gradients. Where an earlier choice gave the same gradient, they are stored
  /// with that one.
  [[nodiscard]] const std::vector<TensorError>& tensors(DerivativeChoice at_zero) const;
  /// ‖g − g₀‖ / ‖truth‖ over all parameters, where g₀ and the truth are those of the first choice. Absent
  /// where the truth is 0.
  [[nodiscard]] std::optional<double> effect(DerivativeChoice at_zero) const;
  /// @}
  /// The first choice, which effects are measured from.
  [[nodiscard]] DerivativeChoice base() const { return error.choices.at(0).kinks.relu; }
};

/// All draws of one network at one precision.
struct GradientComparison {
  Setting setting;
  Precision precision;
  std::vector<ComparedDraw> draws;
  bool selected = true;  ///< whether the run was to compare them
  Basis basis{};         ///< but for the control, which each draw has
};

/// One for each measurement and each of its precisions, in that order.
std::vector<GradientComparison> gather_comparisons(const std::vector<ReferenceError>& measurements,
                                                   const Evidence& evidence);

/// The comparisons of one network, at all precisions.
using NetworkComparisons = std::vector<GradientComparison>;

/// The comparisons in groups: neighbours that are about the same network form one.
std::vector<NetworkComparisons> by_network(const std::vector<GradientComparison>& comparisons);

/// "conv1" of "conv1.weight": the layer that a parameter belongs to.
std::string layer_of(const std::string& parameter);

}  // namespace relu0
