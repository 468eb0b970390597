#include "reports/model/claim.hpp"

#include "reports/model/text.hpp"
#include "reports/model/verdicts.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace relu0 {
namespace {

/// The claim's headline findings that were run, or those that were not.
std::vector<Finding> headlines(const Claim& claim, const std::vector<Finding>& findings, bool run) {
  std::vector<Finding> some;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(some), [&](const Finding& finding) {
    return finding.headline && finding.paper_claim == claim.id &&
           (finding.verdict != Verdict::not_run) == run;
  });
  return some;
}

/// What those that were run come to together.
Verdict verdict_of_run(const Claim& claim, const std::vector<Finding>& findings) {
  std::vector<Verdict> verdicts;
  for (const Finding& finding : headlines(claim, findings, true)) {
    verdicts.push_back(finding.verdict);
  }
  return heaviest(verdicts);
}

}  // namespace

Verdict verdict_of(const Claim& claim, const std::vector<Finding>& findings) {
  return is_reproduced_in_part(claim, findings) ? Verdict::inconclusive : verdict_of_run(claim, findings);
}

bool is_reproduced_in_part(const Claim& claim, const std::vector<Finding>& findings) {
  return verdict_of_run(claim, findings) == Verdict::reproduced && !headlines(claim, findings, false).empty();
}

std::string not_run_in_words(const Claim& claim, const std::vector<Finding>& findings) {
  if (headlines(claim, findings, true).empty()) {
    return "";
  }
  std::vector<std::string> texts;
  for (const Finding& finding : headlines(claim, findings, false)) {
    texts.push_back(
        fmt::format("“{}”{}", finding.setting, finding.why.empty() ? "" : fmt::format(" ({})", finding.why)));
  }
  return joined_with_and(texts);
}

}  // namespace relu0
