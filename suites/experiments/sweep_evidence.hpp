#pragma once
#include "analysis/impact/sweep.hpp"
#include "analysis/statistics/statistics.hpp"
#include "suites/run/evidence.hpp"

#include <cstddef>
#include <string>

namespace relu0 {

/// The draws of one sweep or stream.
struct SweepEvidence : EvidenceOf<SweepOutcome> {
  /// A draw's outcome under a rule. Throws StoreError where the draw lacks it.
  [[nodiscard]] const RuleOutcome& under(Rule rule, std::size_t draw) const;
  /// Networks of which some mini-batch is impacted: the share of θ in the bifurcation zone.
  [[nodiscard]] Proportion in_zone(Rule rule) const;
  /// The same, looking at the first layer's weight gradient only, as the authors' notebooks did.
  [[nodiscard]] Proportion in_zone_by_first_layer(Rule rule) const;
  /// What two runs with the same s gave: "same bits", "differs", or, where every mini-batch had its control,
  /// "differs on 37/40 mini-batches, in the first layer on 3/40; mean index of a network's first 0.2 (2
  /// networks that differ), in the first layer 12.0 (1)".
  [[nodiscard]] std::string control() const;
};

}  // namespace relu0
