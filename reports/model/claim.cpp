#include "reports/model/claim.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace relu0 {

Verdict verdict_of(const Claim& claim, const std::vector<Finding>& findings) {
  // What weighs more stands first.
  constexpr std::array weighed{Verdict::not_reproduced, Verdict::inconclusive, Verdict::reproduced,
                               Verdict::measured};
  const auto* const found = std::find_if(weighed.begin(), weighed.end(), [&](Verdict verdict) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
      return finding.headline && finding.paper_claim == claim.id && finding.verdict == verdict;
    });
  });
  return found == weighed.end() ? Verdict::not_run : *found;
}

}  // namespace relu0
