#include "reports/model/claim.hpp"

#include "reports/model/verdicts.hpp"

#include <vector>

namespace relu0 {

Verdict verdict_of(const Claim& claim, const std::vector<Finding>& findings) {
  std::vector<Verdict> verdicts;
  for (const Finding& finding : findings) {
    if (finding.headline && finding.paper_claim == claim.id) {
      verdicts.push_back(finding.verdict);
    }
  }
  return heaviest(verdicts);
}

}  // namespace relu0
