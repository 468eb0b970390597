#include "suites/run/budget/open_rows.hpp"

#include "suites/verdicts/outlook.hpp"

#include <algorithm>

namespace relu0::budget {

void say_what_it_takes(std::vector<Finding>& findings, const DrawnByKey& drawn, const DrawCosts& costs) {
  for (Finding& finding : findings) {
    if (!finding.outlook || finding.verdict == Verdict::not_run || finding.outlook->unseen) {
      continue;
    }
    const Outlook& outlook = *finding.outlook;
    if (!std::all_of(outlook.keys.begin(), outlook.keys.end(),
                     [&](const std::string& key) { return drawn.contains(key); })) {
      continue;
    }
    verdict_rules::OpenRow row{.why = finding.why,
                               .more_draws = outlook.more_draws,
                               .only_at_planned_number = outlook.only_at_planned_number};
    for (const std::string& key : outlook.keys) {
      const Drawn& of = drawn.at(key);
      row.most = std::max(row.most, of.most);
      row.left = std::max(row.left, of.most - of.draws);
      row.too_few_to_tell = row.too_few_to_tell || of.draws < outlook.at_least;
      const std::int64_t more =
          outlook.only_at_planned_number ? of.most - of.draws : outlook.more_draws.value_or(0);
      row.seconds += costs.expected(key) * static_cast<double>(more);
    }
    finding.why = verdict_rules::in_words(row);
  }
}

}  // namespace relu0::budget
