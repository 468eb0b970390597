#pragma once
#include "analysis/statistics/statistics.hpp"
#include "suites/measurements/zero_origins.hpp"
#include "suites/run/evidence.hpp"

#include <vector>

namespace relu0 {

/// The zeros of all networks drawn in one setting.
struct ZeroEvidence : EvidenceOf<ZeroOriginsOutcome> {
  [[nodiscard]] std::int64_t images() const;
  [[nodiscard]] std::int64_t relu_inputs() const;
  /// The zeros that LibTorch met, by their origin.
  [[nodiscard]] ZeroCounts zeros() const;
  [[nodiscard]] std::int64_t surveyed() const;
  /// Those of the ReLU inputs surveyed in the reference that are 0 or cannot be told from it.
  [[nodiscard]] ZeroCounts true_zeros() const;
  /// Networks in which LibTorch met a zero.
  [[nodiscard]] Proportion with_zero() const;
  /// Networks with a true zero that is not structural, whether LibTorch met it or the survey did.
  [[nodiscard]] Proportion with_exact_zero() const;
};

std::vector<ZeroEvidence> gather_zeros(const std::vector<ZeroOrigins>& measurements,
                                       const Evidence& evidence);

}  // namespace relu0
