#include "reports/model/conclusions/advice.hpp"
#include "reports/model/conclusions/answer.hpp"
#include "reports/model/conclusions/claim_matrix.hpp"
#include "reports/model/verdicts.hpp"
#include "reports/store/store.hpp"
#include "reports/writers/html/card.hpp"
#include "reports/writers/html/dictionary.hpp"
#include "reports/writers/html/figure.hpp"
#include "reports/writers/html/fill_card.hpp"
#include "reports/writers/html/matrix.hpp"
#include "reports/writers/html/page_index.hpp"
#include "reports/writers/templates.hpp"
#include "reports/writers/writers.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include <ctemplate/template.h>

namespace relu0 {
namespace {

using ctemplate::TemplateDictionary;

constexpr const char* page_title = "Does backpropagation depend on ReLU′(0)?";

/// The counts by claim; of a store without claims by finding.
void fill_tally(TemplateDictionary& page, const Results& results, const std::vector<MatrixRow>& matrix) {
  if (results.findings.empty()) {
    return;
  }
  TemplateDictionary& list = *page.AddSectionDictionary("TALLIES");
  set(list, "OF_WHAT", matrix.empty() ? "Findings" : "Claims");
  for (const Verdict verdict : all_verdicts) {
    TemplateDictionary& entry = *list.AddSectionDictionary("TALLY");
    set_verdict(entry, verdict);
    const std::size_t counted = matrix.empty() ? count(results.findings, verdict) : count(matrix, verdict);
    set(entry, "COUNT", std::to_string(counted));
  }
}

void fill_answer(TemplateDictionary& page, const Results& results, const std::vector<MatrixRow>& matrix,
                 const PageIndex& index) {
  const Answer said = answer(results);
  set(page, "DEPENDENCE", said.dependence);
  set_section(page, "CLAIMS_SECTION", "CLAIMS", said.claims);
  fill_tally(page, results, matrix);
  if (const Figure* figure = headline_figure(results)) {
    TemplateDictionary& drawn = *page.AddIncludeDictionary("HEADLINE_FIGURE");
    drawn.SetFilename(figure_template_key);
    fill_figure(drawn, *figure, index.headline_figure(), false);
  }
}

void fill_advice(TemplateDictionary& page, const Results& results, const PageIndex& index) {
  const std::vector<Advice> all = advice(results);
  if (all.empty()) {
    return;
  }
  TemplateDictionary& list = *page.AddSectionDictionary("ADVICE");
  for (const Advice& one : all) {
    TemplateDictionary& item = *list.AddSectionDictionary("ITEM");
    set(item, "QUESTION", one.question);
    set(item, "TEXT", one.text);
    TemplateDictionary* from = nullptr;
    for (const std::size_t place : one.findings) {
      from = from == nullptr ? item.AddSectionDictionary("FROM") : from;
      TemplateDictionary& link = *from->AddSectionDictionary("LINK");
      set(link, "TARGET", index.finding(place));
      set(link, "ID", results.findings[place].id);
      set(link, "SETTING", results.findings[place].setting);
    }
  }
}

void fill_notes(TemplateDictionary& page, const std::vector<std::string>& notes) {
  if (notes.empty()) {
    return;
  }
  TemplateDictionary& list = *page.AddSectionDictionary("NOTES");
  set(list, "COUNT", std::to_string(notes.size()));
  for (const std::string& note : notes) {
    set_section(list, "NOTE", "TEXT", note);
  }
}

void fill_rules(TemplateDictionary& page, const PageIndex& index) {
  if (index.rules().empty()) {
    return;
  }
  TemplateDictionary& list = *page.AddSectionDictionary("RULES");
  for (const PageIndex::DecisionRule& rule : index.rules()) {
    TemplateDictionary& entry = *list.AddSectionDictionary("RULE");
    set(entry, "ANCHOR", rule.anchor);
    set(entry, "TEXT", rule.text);
  }
}

void fill_environment(TemplateDictionary& page, Environment environment) {
  if (environment.empty()) {
    return;
  }
  if (!environment.contains(facts::rounding)) {
    environment["not recorded"] =
        "which library and instruction set computed each kind of operation, and how the threads rounded: the "
        "measurements were made by a version of relu0 that did not look";
  }
  TemplateDictionary& table = *page.AddSectionDictionary("ENVIRONMENT");
  set(table, "COUNT", std::to_string(environment.size()));
  for (const auto& [key, value] : environment) {
    TemplateDictionary& entry = *table.AddSectionDictionary("ENTRY");
    set(entry, "KEY", key);
    set(entry, "VALUE", value);
  }
}

void fill_run(TemplateDictionary& page, const RunInfo& run) {
  if (run.command.empty()) {
    page.ShowSection("NO_COMMAND");
    return;
  }
  set_command(page, "COMMAND_SECTION", run.command);
  TemplateDictionary& scale = *page.AddSectionDictionary("SCALE_SECTION");
  set(scale, "SCALE", run.scale);
  set(scale, "SEED", std::to_string(run.seed));
}

}  // namespace

std::string html_report(const Store& store) {
  const Results& results = store.results();
  Anchors anchors;
  const PageIndex index(results, anchors);
  const std::vector<MatrixRow> matrix = claim_matrix(results);

  TemplateDictionary page("report");
  set(page, "TITLE", page_title);
  page.SetValue("STYLE", std::string(report_style) + std::string(claims_style));
  fill_answer(page, results, matrix, index);
  fill_matrix(page, results, matrix, index);
  fill_advice(page, results, index);
  fill_notes(page, results.notes);
  fill_cards(page, results, cards(results, index, anchors), index, anchors);
  fill_rules(page, index);
  fill_environment(page, store.environment());
  fill_run(page, store.run_info());
  know_template(figure_template_key, figure_template);
  know_template(heat_map_template_key, heat_map_template);
  return expand(page, "relu0/report.html", report_template);
}

}  // namespace relu0
