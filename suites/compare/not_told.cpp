#include "suites/compare/not_told.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace relu0 {

std::vector<CountsWithoutPower> counts_without_power(const StoreComparison& comparison) {
  std::vector<CountsWithoutPower> groups;
  for (const CountTest& test : comparison.without_power()) {
    auto group = std::find_if(groups.begin(), groups.end(), [&test](const CountsWithoutPower& known) {
      return known.of == test.of && known.test == test.test && known.least_p == test.least_p;
    });
    if (group == groups.end()) {
      group = groups.insert(groups.end(), {test.of, test.test, test.least_p, {}});
    }
    group->counts.push_back(test.count);
  }
  return groups;
}

std::vector<FindingsApart> findings_apart(const StoreComparison& comparison) {
  std::vector<FindingsApart> groups;
  for (const FindingApart& finding : comparison.apart) {
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&finding](const FindingsApart& known) { return known.why == finding.why; });
    if (group == groups.end()) {
      group = groups.insert(groups.end(), {finding.why, {}});
    }
    group->findings.push_back(fmt::format("{} ({})", finding.a.id, finding.a.setting));
  }
  return groups;
}

}  // namespace relu0
