#pragma once
#include "analysis/statistics/statistics.hpp"
#include "suites/experiments/sweep_evidence.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// When the networks of one stream met their first impacted mini-batch under one rule.
struct FirstImpacts {
  /// The index of a network's first impacted mini-batch, absent where it met none, and how many mini-batches
  /// it met.
  struct OfNetwork {
    std::optional<std::int64_t> index;
    std::int64_t minibatches;
  };
  std::vector<OfNetwork> draws;
  std::int64_t most_minibatches = 0;
  Proportion with_zeros;  ///< mini-batches that met an exact zero
  Proportion reached;     ///< mini-batches with a zero that a gradient other than 0 reaches

  /// Networks with an impacted mini-batch.
  [[nodiscard]] Proportion networks() const;
  /// Impacted mini-batches among those that the networks met up to and including their first impacted one.
  [[nodiscard]] Proportion rate() const;
  /// "8.1 [5.2, 12.9]": the mean index, and the interval that rate()'s gives where mini-batches are
  /// independent (a geometric law: mean (1 − p) / p). "at least …" where networks were left without an
  /// impact.
  [[nodiscard]] std::string mean_index() const;
  /// "impacted: 3/50 networks within 8 mini-batches, 3/380 mini-batches up to the first; mean index of the
  /// first about 126 [42.4, 612]; 3/50 (6.0 %)": what is judged stands last, where a report puts its
  /// interval.
  [[nodiscard]] std::string in_words(Proportion judged) const;
  /// Networks without an impacted mini-batch among their first `minibatches`. Networks that met fewer
  /// mini-batches and no impact are left out of the count.
  [[nodiscard]] Proportion surviving(std::int64_t minibatches) const;
  /// Numbers of mini-batches at which a survival curve is worth a point: 1 to 10, then about ten a decade.
  [[nodiscard]] std::vector<std::int64_t> survival_places() const;
};

FirstImpacts first_impacts(const SweepEvidence& evidence, Rule rule);

}  // namespace relu0
