#include "reports/model/conclusions/advice.hpp"

#include "reports/model/conclusions/claim_matrix.hpp"
#include "reports/model/conclusions/dependence.hpp"
#include "reports/model/conclusions/measured_beside.hpp"
#include "reports/model/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace relu0 {
namespace {

/// The largest share of networks that may depend on s where a precision is recommended.
constexpr double rare_share = 0.1;

/// Whether a finding without a dependent network says so of the whole protocol, and of nearly all networks.
bool is_shown_free(const Finding& finding) {
  return (finding.verdict == Verdict::reproduced || finding.verdict == Verdict::not_reproduced) &&
         finding.interval->high < rare_share;
}

std::vector<Advice> on_precision(const Results& results) {
  std::vector<std::string> dependent;
  std::optional<std::size_t> safest;
  const std::vector<std::size_t> places = dependence_by_precision(results);
  for (const std::size_t place : places) {
    const Finding& finding = results.findings[place];
    if (depends_on_s(finding)) {
      dependent.push_back(fmt::format("{} at {}", finding.measured, name(*finding.precision)));
    } else if (is_shown_free(finding) &&
               (!safest || finding.interval->high < results.findings[*safest].interval->high)) {
      safest = place;
    }
  }
  if (places.empty()) {
    return {};
  }
  Advice advice{.question = "Which precision", .text = "", .findings = places};
  if (safest) {
    const Finding& finding = results.findings[*safest];
    advice.text = fmt::format(
        "Compute at {} where no gradient may depend on ReLU′(0): {} networks depended on it there, and a "
        "share "
        "above {} is ruled out. ",
        name(*finding.precision), finding.measured, percent(finding.interval->high));
  }
  if (!dependent.empty()) {
    advice.text += fmt::format(
        "{} fix ReLU′(0) and record it with each result: networks depended on it, {}.",
        safest ? "Elsewhere" : "No precision is shown to be free of it here:", joined_with_and(dependent));
  }
  return advice.text.empty() ? std::vector<Advice>{} : std::vector{advice};
}

/// Adds what the findings with an id and a verdict say together, where there is one.
void add_precisions(Advice& advice, const Results& results, std::string_view id, Rule rule, Verdict verdict,
                    std::string_view sentence) {
  std::vector<std::string> precisions;
  for (std::size_t i = 0; i < results.findings.size(); ++i) {
    const Finding& finding = results.findings[i];
    if (finding.id == id && finding.rule == rule && finding.verdict == verdict && finding.precision) {
      precisions.emplace_back(name(*finding.precision));
      advice.findings.push_back(i);
    }
  }
  if (!precisions.empty()) {
    advice.text += fmt::format(" {} at {}.", sentence, joined_with_and(precisions));
  }
}

constexpr std::string_view claim_on_value = "sgd-best-zero";

/// Which value trains best, where no training was run that decides it.
void add_unanswered(Advice& advice, const Results& results) {
  const std::vector<MeasuredBeside> all = measured_beside(results);
  const auto beside = std::find_if(all.begin(), all.end(), [&results](const MeasuredBeside& one) {
    return results.claims[one.claim].id == claim_on_value;
  });
  advice.text = fmt::format("Which value trains best is not answered here: {}.",
                            beside == all.end() ? "the claim on it was not run" : in_words(*beside, results));
  if (beside != all.end()) {
    advice.findings = beside->findings;
  }
}

std::vector<Advice> on_value(const Results& results) {
  Advice advice{.question = "Which ReLU′(0)", .text = "", .findings = {}};
  const auto is_on_best = [](const Finding& finding) {
    return finding.paper_claim == claim_on_value && finding.headline;
  };
  const auto best = std::find_if(results.findings.begin(), results.findings.end(), is_on_best);
  if (best == results.findings.end() || best->verdict == Verdict::not_run) {
    add_unanswered(advice, results);
  } else {
    advice.text = fmt::format("That 0 trains best is {} here: {}.", name(best->verdict), best->why);
    advice.findings.push_back(static_cast<std::size_t>(best - results.findings.begin()));
  }
  constexpr std::string_view within_rounding = "s-within-rounding";
  add_precisions(advice, results, within_rounding, Rule::chain_rule, Verdict::reproduced,
                 "Under the chain rule the choice moves a gradient by no more than rounding does");
  add_precisions(advice, results, within_rounding, Rule::chain_rule, Verdict::not_reproduced,
                 "Under the chain rule the choice moves a gradient by more than rounding does");
  add_precisions(advice, results, within_rounding, Rule::published_code, Verdict::not_reproduced,
                 "Under the rule of the published code it moves a gradient by more than rounding does");
  return {advice};
}

/// Where one rule shows what the other refutes.
std::vector<Advice> on_rule(const Results& results) {
  std::vector<std::string> differences;
  std::vector<std::size_t> places;
  for (const MatrixRow& row : claim_matrix(results)) {
    for (std::size_t p = 0; p < all_precisions.size(); ++p) {
      const auto& [chain_rule, published_code] = row.fields.at(p);
      const bool opposed =
          (chain_rule.verdict == Verdict::reproduced && published_code.verdict == Verdict::not_reproduced) ||
          (chain_rule.verdict == Verdict::not_reproduced && published_code.verdict == Verdict::reproduced);
      if (!opposed) {
        continue;
      }
      differences.push_back(fmt::format("{} at {} ({} under the chain rule, {} under the published code)",
                                        results.claims[row.claim].name, name(all_precisions.at(p)),
                                        name(*chain_rule.verdict), name(*published_code.verdict)));
      places.insert(places.end(), {chain_rule.findings.front(), published_code.findings.front()});
    }
  }
  if (differences.empty()) {
    return {};
  }
  return {{.question = "Which rule",
           .text = fmt::format(
               "Say whether the gradient at a zero is multiplied by s or replaced by it, since the "
               "verdict depends on that: {}.",
               joined_with_and(differences)),
           .findings = places}};
}

std::vector<Advice> on_kernel(const Results& results) {
  std::vector<std::size_t> refuted;
  std::size_t decided = 0;
  for (std::size_t i = 0; i < results.findings.size(); ++i) {
    const Finding& finding = results.findings[i];
    if (finding.experiment != "kernels") {
      continue;
    }
    decided += finding.verdict == Verdict::reproduced || finding.verdict == Verdict::not_reproduced ? 1 : 0;
    if (finding.verdict == Verdict::not_reproduced) {
      refuted.push_back(i);
    }
  }
  if (refuted.empty()) {
    return {};
  }
  return {{.question = "Which kernel",
           .text = fmt::format(
               "Name the kernel beside the precision: the rate of zeros or impacts depends on it in {} "
               "of the {} comparisons that are decided.",
               refuted.size(), decided),
           .findings = refuted}};
}

/// The row of a heat map with the largest number in a column; absent where the column has none.
std::optional<std::size_t> worst_row(const HeatMap& map, std::size_t column) {
  std::optional<std::size_t> worst;
  for (std::size_t i = 0; i < map.rows.size(); ++i) {
    const std::optional<double>& value = map.rows[i][column];
    if (value && std::isfinite(*value) && (!worst || *value > *map.rows[*worst][column])) {
      worst = i;
    }
  }
  return worst;
}

/// What a title says after its first colon; all of it where it has none.
std::string subject(const std::string& title) {
  const std::size_t colon = title.find(": ");
  return colon == std::string::npos ? title : title.substr(colon + 2);
}

/// From the maps of errors by layer (rows) and precision (columns).
std::vector<Advice> on_layer(const Results& results) {
  const std::string precision(name(Precision::fp32));
  std::vector<std::string> layers;
  for (const HeatMap& map : results.heat_maps) {
    const auto& columns = map.x.categories;
    const auto column = std::find(columns.begin(), columns.end(), precision);
    if (map.experiment != "reference-error" || column == columns.end()) {
      continue;
    }
    const auto index = static_cast<std::size_t>(column - columns.begin());
    if (const auto worst = worst_row(map, index)) {
      layers.push_back(fmt::format("{} of {} ({})", cell_name(map.y, *worst), subject(map.title),
                                   compact(*map.rows[*worst][index])));
    }
  }
  if (layers.empty()) {
    return {};
  }
  return {
      {.question = "Which layer",
       .text = fmt::format("Raise the precision first where the gradient is furthest from the truth at {}, "
                           "relative to its norm: in {}.",
                           precision, joined_with_and(layers)),
       .findings = {}}};
}

std::vector<Advice> on_training(const Results& results) {
  for (std::size_t i = 0; i < results.findings.size(); ++i) {
    const Finding& finding = results.findings[i];
    if (finding.paper_claim == "divergence" && finding.headline && finding.precision == Precision::fp32 &&
        finding.verdict == Verdict::reproduced) {
      return {
          {.question = "Comparing trainings",
           .text = fmt::format("Compare two trainings bit for bit only under the same ReLU′(0): at fp32 {}.",
                               finding.measured),
           .findings = {i}}};
    }
  }
  return {};
}

}  // namespace

std::vector<Advice> advice(const Results& results) {
  std::vector<Advice> all;
  if (results.claims.empty() || results.findings.empty()) {
    return all;
  }
  for (const auto& on : {on_precision, on_value, on_rule, on_kernel, on_layer, on_training}) {
    const std::vector<Advice> some = on(results);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace relu0
