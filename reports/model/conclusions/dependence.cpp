#include "reports/model/conclusions/dependence.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace relu0 {
namespace {

constexpr std::array<std::string_view, 3> claims_on_precision{"fp16-systematic", "fp32-half", "fp64-none"};

bool says_how_many(const Finding& finding) {
  return finding.interval && finding.verdict != Verdict::not_run &&
         finding.rule.value_or(Rule::chain_rule) == Rule::chain_rule &&
         std::find(claims_on_precision.begin(), claims_on_precision.end(), finding.paper_claim) !=
             claims_on_precision.end();
}

}  // namespace

std::vector<std::size_t> dependence_by_precision(const Results& results) {
  std::vector<std::size_t> places;
  for (const Precision precision : all_precisions) {
    std::optional<std::size_t> chosen;
    for (std::size_t i = 0; i < results.findings.size(); ++i) {
      const Finding& finding = results.findings[i];
      if (finding.precision != precision || !says_how_many(finding)) {
        continue;
      }
      if (!chosen || (finding.headline && !results.findings[*chosen].headline)) {
        chosen = i;
      }
    }
    if (chosen) {
      places.push_back(*chosen);
    }
  }
  return places;
}

bool depends_on_s(const Finding& finding) { return finding.interval && finding.interval->low > 0; }

}  // namespace relu0
