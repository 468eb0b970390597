#pragma once
#include "analysis/statistics/statistics.hpp"
#include "suites/measurements/kink_survey.hpp"
#include "suites/run/evidence.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// What the draws of the experiment `kinks` say.
namespace relu0::kink_evidence {

/// The networks drawn in one setting.
using KinkEvidence = EvidenceOf<KinkSurveyOutcome>;

std::vector<KinkEvidence> gather(const std::vector<KinkSurvey>& measurements, const Evidence& evidence);

/// One kind of kink in several settings together. Networks that are drawn from one seed in these settings
/// share their random numbers, and some of them their weights: in a count of networks they are one, which has
/// what one of them has.
struct OfKink {
  KinkFigures figures;        ///< added up
  int most_bits = 0;          ///< that a run of the reference had
  Proportion hit;             ///< mini-batches that meet the kink
  Proportion reached;         ///< mini-batches in which a gradient reaches it
  Proportion impacted;        ///< mini-batches whose gradient differs between its two sides
  Proportion to_middle;       ///< the same between the left side and the mean of both
  Proportion networks;        ///< networks with a mini-batch that differs between the two sides
  Proportion met_over_reals;  ///< networks in which a hit is proved to be one over the reals
  Basis basis;

  [[nodiscard]] double hits_per_minibatch() const;
  /// ‖g_left − g_right‖₂ / ‖g_left‖₂ of an impacted mini-batch; absent where none was.
  [[nodiscard]] std::optional<double> median_change() const;
};

/// What was found in the settings that `wanted` says yes to and that have the kink.
OfKink pool(const std::vector<KinkEvidence>& evidence, Kink kink,
            const std::function<bool(const Setting&)>& wanted);

/// The kinds of kink that a setting's network has.
std::vector<Kink> kinks_of(const Setting& setting);

/// Whether some setting was measured.
bool anything(const std::vector<KinkEvidence>& evidence);

}  // namespace relu0::kink_evidence
