#pragma once
#include "analysis/training/score.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace relu0 {

/// A learning rate that a search tried.
struct RateCandidate {
  double rate = 0;
  std::vector<Score> scores{};  ///< on the validation images, after each rung that it reached

  /// Whether its last loss is not a finite number. It must have a score.
  [[nodiscard]] bool diverged() const;
};

/// What a search for a learning rate found, and on what it rests.
struct RateSearchOutcome {
  std::vector<std::int64_t> rungs;  ///< after how many steps the candidates were held against each other
  std::vector<RateCandidate> candidates;  ///< in the order in which they were drawn
  std::size_t chosen = 0;                 ///< the candidate that is left

  [[nodiscard]] const RateCandidate& best() const { return candidates.at(chosen); }
  /// How many of the candidates diverged. Where all did, the least of their rates is chosen.
  [[nodiscard]] std::int64_t diverged() const;
  [[nodiscard]] bool all_diverged() const;
};

}  // namespace relu0
