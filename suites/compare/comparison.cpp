#include "suites/compare/comparison.hpp"

#include "suites/run/environment_facts.hpp"
#include "suites/verdicts/verdict_rules.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

/// A finding's counts on both sides, where both are counts of networks.
std::optional<CountTest> count_test(const RecordedFinding& a, const RecordedFinding& b) {
  const auto first = wording::parse_count(a.measured);
  const auto second = wording::parse_count(b.measured);
  if (!first || !second) {
    return std::nullopt;
  }
  CountTest test = fisher_test(*first, *second);
  test.of = fmt::format("{} ({})", a.id, a.setting);
  test.count = "networks";
  test.test = "Fisher's exact test of what was concluded";
  test.change = fmt::format("{} -> {}", a.measured, b.measured);
  return test;
}

/// By which p-values are multiplied where there are so many tests.
double factor_of(const std::vector<CountTest>& tests) {
  std::vector<DiscreteTest> results;
  results.reserve(tests.size());
  for (const CountTest& test : tests) {
    results.push_back(test.result);
  }
  return tarone_factor(results, verdict_rules::level);
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

/// By which rules a side came to its verdicts.
std::string_view rules_of(const ComparedSide& side) {
  return side.environment.contains(facts::draws_by_results) ? "rules that are valid at any time"
                                                            : "rules for a fixed number of networks";
}

bool have_same_bits(const StoreComparison& comparison) {
  return comparison.has_draws() && comparison.draws.same_draws && comparison.draws.common() > 0 &&
         comparison.draws.changed() == 0;
}

/// What is said of a verdict that changed though all draws are the same, bit for bit.
VerdictChange change_of_same_draws(const StoreComparison& comparison, const RecordedFinding& a,
                                   const RecordedFinding& b) {
  const std::string_view rules_of_a = rules_of(comparison.a);
  const std::string_view rules_of_b = rules_of(comparison.b);
  if (rules_of_a == rules_of_b) {
    return {a, b, true, "All draws are the same, bit for bit, so that the verdicts had to be."};
  }
  return {a, b, false,
          fmt::format("All draws are the same, bit for bit; A concluded from them by {}, B by {}.",
                      rules_of_a, rules_of_b)};
}

/// Findings that are held against each other, and the test of their counts where they are counts.
struct FindingPair {
  RecordedFinding a;
  RecordedFinding b;
  std::optional<CountTest> test;
};

/// factor: that of the tests of all findings' counts.
VerdictChange verdict_change(const StoreComparison& comparison, const FindingPair& pair, double factor) {
  const auto& [a, b, test] = pair;
  if (have_same_bits(comparison)) {
    return change_of_same_draws(comparison, a, b);
  }
  if (!are_opposite(a.verdict, b.verdict)) {
    return {a, b, false, "One of the two sides decides nothing against the other."};
  }
  if (test) {
    const double p = std::min(1.0, test->result.p * factor);
    const bool changed = p < verdict_rules::level;
    return {
        a, b, changed,
        fmt::format("The verdicts are opposite, and Fisher's exact test finds that the counts {} (p = {}, "
                    "corrected for the counts of all findings).",
                    changed ? "differ" : "may differ by chance", wording::p_value(p))};
  }
  return {a, b, true,
          fmt::format("The verdicts are opposite, and each is wrong with a probability of at most {:g} %.",
                      100 - verdict_rules::confidence_percent)};
}

/// Those that both sides have, but for what is put apart.
std::vector<FindingPair> common_findings(StoreComparison& comparison) {
  std::map<std::pair<std::string, std::string>, RecordedFinding> theirs;
  for (const RecordedFinding& finding : comparison.b.findings) {
    theirs[{finding.id, finding.setting}] = finding;
  }
  std::vector<FindingPair> pairs;
  for (const RecordedFinding& finding : comparison.a.findings) {
    const auto found = theirs.find({finding.id, finding.setting});
    if (found == theirs.end()) {
      continue;
    }
    ++comparison.common_findings;
    if (std::string why = why_apart(finding, found->second); !why.empty()) {
      comparison.apart.push_back({finding, found->second, std::move(why)});
    } else {
      pairs.push_back({finding, found->second, count_test(finding, found->second)});
    }
  }
  return pairs;
}

void compare_findings(StoreComparison& comparison) {
  const std::vector<FindingPair> pairs = common_findings(comparison);
  std::vector<CountTest> tests;
  for (const FindingPair& pair : pairs) {
    if (pair.test) {
      tests.push_back(*pair.test);
    }
  }
  const double factor = factor_of(tests);
  for (const FindingPair& pair : pairs) {
    if (pair.a.verdict != pair.b.verdict) {
      comparison.verdict_changes.push_back(verdict_change(comparison, pair, factor));
    }
  }
  if (!comparison.has_draws()) {
    comparison.tests = std::move(tests);
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
  comparison.factor = factor_of(tests);
  std::copy_if(
      tests.begin(), tests.end(), std::back_inserter(comparison.count_changes),
      [&](const CountTest& test) { return test.result.p * comparison.factor < verdict_rules::level; });
  return comparison;
}

}  // namespace relu0
