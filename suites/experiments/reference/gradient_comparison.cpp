#include "suites/experiments/reference/gradient_comparison.hpp"

#include <algorithm>

namespace relu0 {

const ChoiceError& ComparedDraw::choice(DerivativeChoice at_zero) const {
  const auto found =
      std::find_if(error.choices.begin(), error.choices.end(),
                   [at_zero](const ChoiceError& choice) { return choice.kinks.relu == at_zero; });
  if (found == error.choices.end()) {
    throw StoreError(
        "a comparison with the reference in the store lacks a choice of ReLU'(0); start anew in another "
        "folder");
  }
  return *found;
}

const std::vector<TensorError>& ComparedDraw::tensors(DerivativeChoice at_zero) const {
  const ChoiceError& found = choice(at_zero);
  return found.same_as ? error.choices.at(*found.same_as).tensors : found.tensors;
}

std::optional<double> ComparedDraw::effect(DerivativeChoice at_zero) const {
  const double truth = overall(tensors(base())).truth_l2;
  return truth == 0 ? std::nullopt : std::optional(choice(at_zero).from_first_l2 / truth);
}

std::vector<GradientComparison> gather_comparisons(const std::vector<ReferenceError>& measurements,
                                                   const Evidence& evidence) {
  std::vector<GradientComparison> result;
  for (const ReferenceError& measurement : measurements) {
    const EvidenceOf<ReferenceErrorOutcome> measured = evidence.of(measurement);
    for (const Precision precision : measurement.precisions()) {
      GradientComparison& comparison = result.emplace_back(
          GradientComparison{measured.setting, precision, {}, measured.selected, measured.basis(true)});
      for (const ReferenceErrorOutcome& outcome : measured.draws) {
        for (const PrecisionError& error : outcome.precisions) {
          if (error.precision == precision) {
            comparison.draws.push_back({error, outcome.proven_bits, outcome.bits});
          }
        }
      }
    }
  }
  return result;
}

std::vector<NetworkComparisons> by_network(const std::vector<GradientComparison>& comparisons) {
  std::vector<NetworkComparisons> result;
  for (const GradientComparison& comparison : comparisons) {
    if (result.empty() || name(result.back().front().setting.network) != name(comparison.setting.network)) {
      result.emplace_back();
    }
    result.back().push_back(comparison);
  }
  return result;
}

std::string layer_of(const std::string& parameter) { return parameter.substr(0, parameter.rfind('.')); }

}  // namespace relu0
