#pragma once
#include "analysis/statistics/log_linear_fit.hpp"
#include "analysis/statistics/statistics.hpp"
#include "analysis/zeros/law/zero_prediction.hpp"
#include "suites/measurements/zero_law.hpp"
#include "suites/run/evidence.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the draws of the experiment `zero-law` say of the law.
namespace relu0::law_evidence {

/// The predicted intervals hold a layer's count with this probability.
inline constexpr double interval_confidence = 0.99;
/// The law is asked about layers with at least so many zeros, counted or expected.
inline constexpr double enough_zeros = 10;

/// One ReLU of one network. Where no window could be had, there is no prediction.
struct Layer {
  std::string name;
  ZeroStatistics statistics;
  std::optional<ZeroPrediction> prediction;

  [[nodiscard]] double expected() const { return prediction ? prediction->expected : 0; }
  [[nodiscard]] bool asked() const;
  [[nodiscard]] bool inside() const;
};

/// All networks drawn in one setting.
struct LawEvidence : EvidenceOf<ZeroLawOutcome> {
  /// Draw by draw, layer by layer.
  std::vector<Layer> layers;

  [[nodiscard]] std::int64_t images() const;
  [[nodiscard]] std::int64_t counted() const;
  [[nodiscard]] std::int64_t structural() const;
  [[nodiscard]] double expected() const;
  /// Zeros that each network is expected to meet among so many images.
  [[nodiscard]] std::vector<double> expected_by_network(double images_seen) const;
  /// Layers whose count is inside, of those that are asked about.
  [[nodiscard]] Proportion inside() const;
};

std::vector<LawEvidence> gather(const std::vector<ZeroLaw>& measurements, const Evidence& evidence);

/// What findings on all of these settings may rest on.
Basis basis(const std::vector<LawEvidence>& evidence);

/// Layers inside in all settings together.
Proportion inside(const std::vector<LawEvidence>& evidence);

/// Zeros counted in a mini-batch of `batch` images by the bits of the significand, fitted. Absent where zeros
/// were met with fewer than two numbers of bits.
std::optional<LogLinearFit> fit_by_bits(const std::vector<LawEvidence>& evidence, double batch);

/// The mean share of networks that meet a zero at least, where zeros come independently: 1 − e^(−expected).
double share_with_zero(const std::vector<double>& expected);

}  // namespace relu0::law_evidence
