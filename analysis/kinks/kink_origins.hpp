#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/kinks/kink_survey.hpp"
#include "analysis/torch/pass.hpp"

#include <cstdint>
#include <map>

namespace relu0 {

/// Asks the reference what the hits of a network's kinks are in the real numbers: of each kind those in the
/// first samples that meet it.
class KinkOrigins {
 public:
  /// All arguments outlive the object. weights: as the arithmetic holds them.
  KinkOrigins(const Network& network, const Weights& weights, const KinkSurveyOptions& options);

  /// Explains hits of a mini-batch that `forward` has run, as far as samples are left to explain.
  void look_at(const Batch& batch, const ForwardPass& forward);

  /// What the hits of a kind that were explained are.
  [[nodiscard]] ZeroCounts of(Kink kink) const;
  /// The most bits that a run of the reference took; 0 for none.
  [[nodiscard]] int most_bits() const { return most_bits_; }

 private:
  const Network& network_;
  const Weights& weights_;
  const KinkSurveyOptions& options_;
  std::map<Kink, std::int64_t> samples_left_;
  std::map<Kink, ZeroCounts> origins_;
  int most_bits_ = 0;
};

}  // namespace relu0
