#include "reports/model/verdicts.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace relu0 {

std::string_view symbol(Verdict verdict) {
  switch (verdict) {
    case Verdict::reproduced:
      return "✓";
    case Verdict::not_reproduced:
      return "✗";
    case Verdict::inconclusive:
      return "?";
    case Verdict::not_run:
      return "–";
    case Verdict::measured:
      return "•";
  }
  return "";
}

std::size_t count(const std::vector<Finding>& findings, Verdict verdict) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [verdict](const Finding& finding) { return finding.verdict == verdict; }));
}

std::string tally(const std::vector<Finding>& findings) {
  std::string text;
  for (const Verdict verdict : all_verdicts) {
    if (!text.empty()) {
      text += ", ";
    }
    text += fmt::format("{} {}", count(findings, verdict), name(verdict));
  }
  return text;
}

std::vector<Finding> headlines_first(std::vector<Finding> findings) {
  std::stable_partition(findings.begin(), findings.end(),
                        [](const Finding& finding) { return finding.headline; });
  return findings;
}

}  // namespace relu0
