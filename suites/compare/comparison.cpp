#include "suites/compare/comparison.hpp"

#include "suites/run/environment_facts.hpp"
#include "suites/verdicts/verdict_rules.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

/// A finding's counts on both sides, where both are counts of networks.
std::vector<CountTest> count_test(const RecordedFinding& a, const RecordedFinding& b) {
  const auto first = wording::parse_count(a.measured);
  const auto second = wording::parse_count(b.measured);
  if (!first || !second) {
    return {};
  }
  CountTest test = fisher_test(*first, *second);
  test.of = fmt::format("{} ({})", a.id, a.setting);
  test.count = "networks";
  test.test = "Fisher's exact test of what was concluded";
  test.change = fmt::format("{} -> {}", a.measured, b.measured);
  return {std::move(test)};
}

/// Why two findings of one id and setting are not held against each other; empty where they are.
std::string why_apart(const RecordedFinding& a, const RecordedFinding& b) {
  if (are_same(a.conditions, b.conditions)) {
    return "";
  }
  if (a.conditions.empty() || b.conditions.empty()) {
    return fmt::format(
        "{} not record what was looked at, which versions before this one did not; the same `relu0 run` on "
        "its "
        "store again adds it and measures nothing anew",
        !a.conditions.empty()   ? "B does"
        : !b.conditions.empty() ? "A does"
                                : "both do");
  }
  std::vector<std::string> others;
  for (const OtherCondition& other : other_conditions(a.conditions, b.conditions)) {
    others.push_back(fmt::format("{}: {} -> {}", other.field, other.a, other.b));
  }
  return fmt::format("{}", fmt::join(others, "; "));
}

bool are_opposite(Verdict a, Verdict b) {
  return (a == Verdict::reproduced && b == Verdict::not_reproduced) ||
         (a == Verdict::not_reproduced && b == Verdict::reproduced);
}

/// same_bits: both sides hold the same draws, and none differs.
VerdictChange verdict_change(const RecordedFinding& a, const RecordedFinding& b, bool same_bits) {
  VerdictChange change{.a = a, .b = b, .beyond_chance = false, .why = {}};
  if (same_bits) {
    change.beyond_chance = true;
    change.why = "All draws are the same, bit for bit, so that the verdicts had to be.";
  } else if (are_opposite(a.verdict, b.verdict)) {
    change.beyond_chance = true;
    change.why =
        fmt::format("The verdicts are opposite, and each is wrong with a probability of at most {:g} %.",
                    100 - verdict_rules::confidence_percent);
  } else {
    change.why = "One of the two sides decides nothing against the other.";
  }
  return change;
}

void compare_findings(StoreComparison& comparison) {
  std::map<std::pair<std::string, std::string>, RecordedFinding> theirs;
  for (const RecordedFinding& finding : comparison.b.findings) {
    theirs[{finding.id, finding.setting}] = finding;
  }
  const bool same_bits = comparison.has_draws() && comparison.draws.same_draws &&
                         comparison.draws.common() > 0 && comparison.draws.changed() == 0;
  for (const RecordedFinding& finding : comparison.a.findings) {
    const auto found = theirs.find({finding.id, finding.setting});
    if (found == theirs.end()) {
      continue;
    }
    ++comparison.common_findings;
    if (std::string why = why_apart(finding, found->second); !why.empty()) {
      comparison.apart.push_back({finding, found->second, std::move(why)});
      continue;
    }
    if (!comparison.has_draws()) {
      const std::vector<CountTest> of_finding = count_test(finding, found->second);
      comparison.tests.insert(comparison.tests.end(), of_finding.begin(), of_finding.end());
    }
    if (found->second.verdict != finding.verdict) {
      comparison.verdict_changes.push_back(verdict_change(finding, found->second, same_bits));
    }
  }
}

}  // namespace

bool StoreComparison::beyond_chance() const {
  return !count_changes.empty() ||
         std::any_of(verdict_changes.begin(), verdict_changes.end(),
                     [](const VerdictChange& change) { return change.beyond_chance; });
}

std::vector<CountTest> StoreComparison::without_power() const {
  std::vector<CountTest> result;
  std::copy_if(tests.begin(), tests.end(), std::back_inserter(result),
               [](const CountTest& test) { return !test.has_power(verdict_rules::level); });
  return result;
}

ExitCode StoreComparison::exit_code() const {
  if (!environments.differing.empty() && !environments_allowed) {
    return exit_environment;
  }
  if (beyond_chance() || (draws.changed() > 0 && environments.none())) {
    return exit_failed;
  }
  if (draws.common() == 0 && without_power().size() == tests.size()) {
    return environments.none() || environments_allowed ? exit_inconclusive : exit_environment;
  }
  return draws.changed() > 0 && !environments_allowed ? exit_environment : exit_pass;
}

std::string StoreComparison::outcome() const {
  const bool powerless = !tests.empty() && without_power().size() == tests.size();
  const bool any_verdict = common_findings > std::ssize(apart);
  switch (exit_code()) {
    case exit_pass:
      return fmt::format("{}{}",
                         draws.changed() > 0
                             ? fmt::format("{} of {} draws changed their bits, nothing beyond chance.",
                                           draws.changed(), draws.common())
                             : "Nothing changed beyond chance.",
                         powerless ? " No count could have: there are too few draws." : "");
    case exit_failed:
      return beyond_chance() ? "Something changed beyond chance."
                             : "Draws changed their bits in the same environment.";
    case exit_inconclusive:
      return powerless ? "Nothing could be told: no draw is in both, and of so few draws no count could have "
                         "changed beyond chance."
             : any_verdict
                 ? "Nothing could be told: no draw is in both, and no finding that is compared is a "
                   "count of networks."
                 : "Nothing could be compared: what was measured differs in data, settings, kernel or "
                   "experiments.";
    default:
      break;
  }
  if (!environments.differing.empty()) {
    return "The environments differ: with --allow environments only changes beyond chance count.";
  }
  return draws.changed() > 0
             ? "Nobody knows whether draws differ because the environments do, or for another reason."
             : "Nothing could be compared, and the environments are not known to be the same.";
}

StoreComparison compare_sides(const std::filesystem::path& a, const std::filesystem::path& b,
                              bool environments_allowed) {
  StoreComparison comparison{.a = open_side(a), .b = open_side(b)};
  comparison.environments_allowed = environments_allowed;
  comparison.environments = difference(comparison.a.environment, comparison.b.environment, recorded_facts());
  if (comparison.has_draws()) {
    comparison.draws = compare_draws(*comparison.a.store, *comparison.b.store);
  }
  comparison.tests = comparison.draws.tests;
  compare_findings(comparison);
  const std::vector<CountTest>& tests = comparison.tests;
  std::vector<DiscreteTest> results;
  for (const CountTest& test : tests) {
    results.push_back(test.result);
  }
  comparison.factor = tarone_factor(results, verdict_rules::level);
  std::copy_if(
      tests.begin(), tests.end(), std::back_inserter(comparison.count_changes),
      [&](const CountTest& test) { return test.result.p * comparison.factor < verdict_rules::level; });
  return comparison;
}

}  // namespace relu0
