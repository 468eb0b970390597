#include "reports/model/conclusions/measured_beside.hpp"

#include "fixtures/add_once.hpp"
#include "reports/model/text.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {
namespace {

std::vector<std::string> precisions_of(const std::vector<std::size_t>& places, const Results& results) {
  std::vector<std::string> names;
  for (const std::size_t place : places) {
    if (const auto precision = results.findings[place].precision) {
      add_once(names, std::string(name(*precision)));
    }
  }
  return names;
}

/// Whether findings are told from others by their precisions: each has one, and none of the others has it.
bool told_by_precision(const std::vector<std::size_t>& places, const std::vector<std::size_t>& others,
                       const Results& results) {
  const std::vector<std::string> of_others = precisions_of(others, results);
  return std::all_of(places.begin(), places.end(), [&](std::size_t place) {
    const auto precision = results.findings[place].precision;
    return precision && std::find(of_others.begin(), of_others.end(), name(*precision)) == of_others.end();
  });
}

/// Where some findings are: "at fp32", or else their settings.
std::string places_in_words(const std::vector<std::size_t>& places, bool by_precision,
                            const Results& results) {
  if (by_precision) {
    return "at " + joined_with_and(precisions_of(places, results));
  }
  std::vector<std::string> settings;
  for (const std::size_t place : places) {
    add_once(settings, "“" + results.findings[place].setting + "”");
  }
  return "in " + joined_with_and(settings);
}

/// The verdicts on what was measured, each once: "inconclusive under the chain rule".
std::string verdicts_in_words(const MeasuredBeside& one, const Results& results) {
  std::vector<std::string> texts;
  for (const std::size_t place : one.findings) {
    const Finding& finding = results.findings[place];
    const std::string under = !finding.rule                      ? ""
                              : finding.rule == Rule::chain_rule ? " under the chain rule"
                                                                 : " under the published code";
    add_once(texts, std::string(name(finding.verdict)) + under);
  }
  return joined_with_and(texts);
}

/// What measures the headlines, and at their precisions all else of the experiment.
std::string command_for(const MeasuredBeside& one, const Results& results) {
  std::string command = "relu0 run " + results.findings[one.headlines.front()].experiment;
  std::vector<std::string> conditions = precisions_of(one.headlines, results);
  for (std::string& condition : conditions) {
    condition = "precision=" + condition;
  }
  return conditions.empty() ? command : fmt::format("{} --only {}", command, fmt::join(conditions, ","));
}

}  // namespace

std::vector<MeasuredBeside> measured_beside(const Results& results) {
  std::vector<MeasuredBeside> all;
  for (std::size_t i = 0; i < results.claims.size(); ++i) {
    MeasuredBeside one{.claim = i};
    bool is_decided = false;
    for (std::size_t place = 0; place < results.findings.size(); ++place) {
      const Finding& finding = results.findings[place];
      if (finding.paper_claim != results.claims[i].id) {
        continue;
      }
      const bool was_run = finding.verdict != Verdict::not_run;
      is_decided = is_decided || (finding.headline && was_run);
      if (finding.headline) {
        one.headlines.push_back(place);
      } else if (was_run) {
        one.findings.push_back(place);
      }
    }
    if (!is_decided && !one.findings.empty() && !one.headlines.empty()) {
      all.push_back(std::move(one));
    }
  }
  return all;
}

std::string in_words(const MeasuredBeside& one, const Results& results) {
  const bool by_precision = told_by_precision(one.findings, one.headlines, results) &&
                            told_by_precision(one.headlines, one.findings, results);
  return fmt::format("“{}” was measured {} ({}), but is judged {}, which was not run: {} measures that",
                     results.claims[one.claim].name, places_in_words(one.findings, by_precision, results),
                     verdicts_in_words(one, results), places_in_words(one.headlines, by_precision, results),
                     command_for(one, results));
}

}  // namespace relu0
