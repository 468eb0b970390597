#include "suites/compare/writers.hpp"

#include "reports/writers/markdown_text.hpp"
#include "suites/compare/not_told.hpp"
#include "suites/run/environment_check.hpp"
#include "suites/verdicts/verdict_rules.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <iterator>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace relu0::comparison_writers {

namespace {

using Output = std::back_insert_iterator<std::string>;

/// How the environments are related: "the same", "different", "not known to be the same".
std::string_view relation(const EnvironmentDifference& environments) {
  return environments.none()              ? "the same"
         : environments.differing.empty() ? "not known to be the same"
                                          : "different";
}

/// One line for each fact that differs, and for each side that lacks some.
std::vector<std::string> environment_lines(const StoreComparison& comparison) {
  std::vector<std::string> lines;
  for (const std::string& fact : comparison.environments.differing) {
    lines.push_back(fmt::format("{}: {} -> {}", fact, value_of(comparison.a.environment, fact),
                                value_of(comparison.b.environment, fact)));
  }
  const auto add_unrecorded = [&lines](const ComparedSide& side, const std::vector<std::string>& facts) {
    if (!facts.empty()) {
      lines.push_back(
          fmt::format("{} does not record, for all of its measurements: {}", side.file, list_facts(facts)));
    }
  };
  add_unrecorded(comparison.a, comparison.environments.unrecorded_a);
  add_unrecorded(comparison.b, comparison.environments.unrecorded_b);
  return lines;
}

std::string adjusted(const StoreComparison& comparison, const CountTest& test) {
  return wording::p_value(std::min(1.0, test.result.p * comparison.factor));
}

/// The rule of the tests of counts, as a sentence.
std::string test_rule(const StoreComparison& comparison) {
  const std::size_t without_power = comparison.without_power().size();
  return fmt::format(
      "{} tests of counts together at level {:g} (Tarone's correction: p-values times {:g}), {} changed "
      "beyond chance{}.",
      comparison.tests.size(), verdict_rules::level, comparison.factor, comparison.count_changes.size(),
      without_power > 0 ? fmt::format(", {} without power", without_power) : "");
}

/// Why a count whose test has no power could not have changed, as the rest of a sentence.
std::string no_power(const CountsWithoutPower& counts) {
  return fmt::format("no power: of so few draws the smallest possible p is {}, not below {:g}",
                     wording::p_value(counts.least_p), verdict_rules::level);
}

/// The counts by their names, or how many where they would fill a screen; JSON and Markdown name all.
std::string in_few_words(const std::vector<std::string>& counts) {
  constexpr std::size_t most = 3;
  return counts.size() <= most ? fmt::format("{}", fmt::join(counts, ", "))
                               : fmt::format("{} counts", counts.size());
}

/// How many findings both sides have, and what came of them.
std::string findings_sentence(const StoreComparison& comparison) {
  return fmt::format(
      "{} findings in both, {} changed{}", comparison.common_findings, comparison.verdict_changes.size(),
      comparison.apart.empty() ? ""
                               : fmt::format(", {} not held against each other", comparison.apart.size()));
}

std::string draws_sentence(const StoreComparison& comparison) {
  if (!comparison.has_draws()) {
    return "Not compared, since recorded results hold no draws.";
  }
  std::string text = fmt::format("{} draws measured in both, {} differ in some bit.",
                                 comparison.draws.common(), comparison.draws.changed());
  if (comparison.draws.unpaired() > 0) {
    text += fmt::format(" {} draws of other networks were held against one another.",
                        comparison.draws.unpaired());
  }
  return text;
}

/// The first of the seeds, and how many there are besides.
std::string list_seeds(const std::vector<std::uint64_t>& seeds) {
  constexpr std::size_t most = 10;
  const auto first = std::span(seeds).first(std::min(most, seeds.size()));
  return fmt::format("{}{}", fmt::join(first, ", "),
                     seeds.size() > most ? fmt::format(" and {} more", seeds.size() - most) : "");
}

std::string side_of(const RecordedFinding& finding) {
  return fmt::format("{} ({})", name(finding.verdict), finding.measured);
}

}  // namespace

std::string plain(const StoreComparison& comparison) {
  std::string text;
  const Output out(text);
  fmt::format_to(out, "Environments: {}\n", relation(comparison.environments));
  for (const std::string& line : environment_lines(comparison)) {
    fmt::format_to(out, "  {}\n", line);
  }
  fmt::format_to(out, "Measurements:\n");
  for (const MeasurementComparison& measurement : comparison.draws.measurements) {
    if (!measurement.changed.empty()) {
      fmt::format_to(out, "  {} draw(s) differ (seed {}) in {}\n", measurement.changed.size(),
                     list_seeds(measurement.changed), measurement.description);
    }
  }
  fmt::format_to(out, "  {}\nCounts:\n", draws_sentence(comparison));
  for (const CountTest& test : comparison.count_changes) {
    fmt::format_to(out, "  {} of {}: {} ({}, p = {})\n", test.count, test.of, test.change, test.test,
                   adjusted(comparison, test));
  }
  for (const CountsWithoutPower& counts : counts_without_power(comparison)) {
    fmt::format_to(out, "  {} of {}: {} ({})\n", in_few_words(counts.counts), counts.of, no_power(counts),
                   counts.test);
  }
  fmt::format_to(out, "  {}\nVerdicts:\n", test_rule(comparison));
  for (const VerdictChange& change : comparison.verdict_changes) {
    fmt::format_to(out, "  {} ({}): {} -> {}. {}\n", change.a.id, change.a.setting, side_of(change.a),
                   side_of(change.b), change.why);
  }
  for (const FindingsApart& findings : findings_apart(comparison)) {
    fmt::format_to(out, "  Not held against each other, since {}:\n    {}\n", findings.why,
                   fmt::join(findings.findings, "\n    "));
  }
  fmt::format_to(out, "  {}\n{}\n", findings_sentence(comparison), comparison.outcome());
  return text;
}

std::string markdown(const StoreComparison& comparison) {
  std::string text;
  const Output out(text);
  fmt::format_to(out, "## relu0 compare: {}\n\n{}\n\n- A: {}\n- B: {}\n\n",
                 comparison.exit_code() == exit_pass           ? "green"
                 : comparison.exit_code() == exit_inconclusive ? "inconclusive"
                                                               : "red",
                 comparison.outcome(), markdown_cell(comparison.a.file), markdown_cell(comparison.b.file));
  fmt::format_to(out, "### Environments: {}\n\n", relation(comparison.environments));
  for (const std::string& line : environment_lines(comparison)) {
    fmt::format_to(out, "- {}\n", markdown_cell(line));
  }
  fmt::format_to(out, "\n### Draws\n\n{}\n\n", draws_sentence(comparison));
  if (comparison.draws.changed() > 0) {
    fmt::format_to(out, "| measurement | in both | differ | seeds |\n|---|---|---|---|\n");
    for (const MeasurementComparison& measurement : comparison.draws.measurements) {
      if (!measurement.changed.empty()) {
        fmt::format_to(out, "| {} | {} | {} | {} |\n", markdown_cell(measurement.description),
                       measurement.common, measurement.changed.size(), list_seeds(measurement.changed));
      }
    }
    fmt::format_to(out, "\n");
  }
  fmt::format_to(out, "### Counts\n\n{}\n\n", test_rule(comparison));
  if (!comparison.count_changes.empty()) {
    fmt::format_to(out, "| of | count | change | test | p |\n|---|---|---|---|---|\n");
    for (const CountTest& test : comparison.count_changes) {
      fmt::format_to(out, "| {} | {} | {} | {} | {} |\n", markdown_cell(test.of), markdown_cell(test.count),
                     markdown_cell(test.change), markdown_cell(test.test), adjusted(comparison, test));
    }
    fmt::format_to(out, "\n");
  }
  if (const auto powerless = counts_without_power(comparison); !powerless.empty()) {
    fmt::format_to(out, "| of | counts | why nothing can be told | test |\n|---|---|---|---|\n");
    for (const CountsWithoutPower& counts : powerless) {
      fmt::format_to(out, "| {} | {} | {} | {} |\n", markdown_cell(counts.of),
                     markdown_cell(fmt::format("{}", fmt::join(counts.counts, ", "))),
                     markdown_cell(no_power(counts)), markdown_cell(counts.test));
    }
    fmt::format_to(out, "\n");
  }
  fmt::format_to(out, "### Verdicts\n\n{}.\n", findings_sentence(comparison));
  if (!comparison.verdict_changes.empty()) {
    fmt::format_to(out, "\n| finding | A | B | beyond chance | why |\n|---|---|---|---|---|\n");
    for (const VerdictChange& change : comparison.verdict_changes) {
      fmt::format_to(out, "| {} | {} | {} | {} | {} |\n",
                     markdown_cell(fmt::format("{} ({})", change.a.id, change.a.setting)),
                     markdown_cell(side_of(change.a)), markdown_cell(side_of(change.b)),
                     change.beyond_chance ? "yes" : "no", change.why);
    }
  }
  if (!comparison.apart.empty()) {
    fmt::format_to(out, "\n| not held against each other | since |\n|---|---|\n");
    for (const FindingsApart& findings : findings_apart(comparison)) {
      fmt::format_to(out, "| {} | {} |\n",
                     markdown_cell(fmt::format("{}", fmt::join(findings.findings, "; "))),
                     markdown_cell(findings.why));
    }
  }
  return text;
}

std::string json(const StoreComparison& comparison) {
  using Json = nlohmann::ordered_json;
  Json differing = Json::array();
  for (const std::string& fact : comparison.environments.differing) {
    differing.push_back({{"fact", fact},
                         {"a", value_of(comparison.a.environment, fact)},
                         {"b", value_of(comparison.b.environment, fact)}});
  }
  Json measurements = Json::array();
  for (const MeasurementComparison& measurement : comparison.draws.measurements) {
    measurements.push_back({{"measurement", measurement.measurement},
                            {"description", measurement.description},
                            {"common", measurement.common},
                            {"unpaired", measurement.unpaired},
                            {"changed_seeds", measurement.changed}});
  }
  Json counts = Json::array();
  for (const CountTest& test : comparison.count_changes) {
    counts.push_back({{"of", test.of},
                      {"count", test.count},
                      {"change", test.change},
                      {"test", test.test},
                      {"p", test.result.p},
                      {"adjusted_p", std::min(1.0, test.result.p * comparison.factor)}});
  }
  Json without_power = Json::array();
  for (const CountTest& test : comparison.without_power()) {
    without_power.push_back(
        {{"of", test.of}, {"count", test.count}, {"test", test.test}, {"least_p", test.least_p}});
  }
  Json apart = Json::array();
  for (const FindingApart& finding : comparison.apart) {
    apart.push_back({{"id", finding.a.id}, {"setting", finding.a.setting}, {"why", finding.why}});
  }
  Json verdicts = Json::array();
  for (const VerdictChange& change : comparison.verdict_changes) {
    const auto side = [](const RecordedFinding& finding) {
      return Json{{"verdict", name(finding.verdict)}, {"measured", finding.measured}};
    };
    verdicts.push_back({{"id", change.a.id},
                        {"setting", change.a.setting},
                        {"a", side(change.a)},
                        {"b", side(change.b)},
                        {"beyond_chance", change.beyond_chance},
                        {"why", change.why}});
  }
  const Json document{
      {"format", "relu0 comparison"},
      {"version", 1},
      {"a", comparison.a.file},
      {"b", comparison.b.file},
      {"environments",
       {{"relation", relation(comparison.environments)},
        {"allowed", comparison.environments_allowed},
        {"differing", differing},
        {"unrecorded_a", comparison.environments.unrecorded_a},
        {"unrecorded_b", comparison.environments.unrecorded_b}}},
      {"draws",
       {{"compared", comparison.has_draws()},
        {"common", comparison.draws.common()},
        {"changed", comparison.draws.changed()},
        {"measurements", measurements}}},
      {"counts",
       {{"level", verdict_rules::level},
        {"tests", comparison.tests.size()},
        {"factor", comparison.factor},
        {"changed", counts},
        {"without_power", without_power}}},
      {"verdicts", {{"common", comparison.common_findings}, {"changed", verdicts}, {"apart", apart}}},
      {"outcome", comparison.outcome()},
      {"exit_code", static_cast<int>(comparison.exit_code())}};
  return document.dump(2) + "\n";
}

}  // namespace relu0::comparison_writers
