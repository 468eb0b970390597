#include "fixtures/count_text.hpp"
#include "reports/model/text.hpp"
#include "reports/writers/gate/check_figures.hpp"
#include "reports/writers/gate/gate_writers.hpp"
#include "reports/writers/html/dictionary.hpp"
#include "reports/writers/templates.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <ctemplate/template.h>
#include <fmt/format.h>

namespace relu0 {

namespace {

using ctemplate::TemplateDictionary;
using gate::Check;
using gate::CheckVerdict;

// What keeps a page of long names below 5 MB: texts are cut, and only so many rows shown.
constexpr std::size_t longest_text = 300;
constexpr std::size_t most_troubles = 400;
constexpr std::size_t most_passed = 2'000;
constexpr std::size_t most_kink_rows = 1'000;
constexpr std::size_t longest_policy = 200'000;

struct Look {
  std::string_view css_class;  ///< of report.css
  std::string_view symbol;
};

Look look(CheckVerdict verdict) {
  switch (verdict) {
    case CheckVerdict::pass:
      return {"reproduced", "✓"};
    case CheckVerdict::warn:
      return {"inconclusive", "!"};
    case CheckVerdict::fail:
      return {"not-reproduced", "✗"};
    case CheckVerdict::inconclusive:
      break;
  }
  return {"not-run", "?"};
}

std::string cut(std::string_view text, std::size_t longest = longest_text) {
  return text.size() <= longest ? std::string(text) : std::string(text.substr(0, longest)) + "…";
}

void set_cut(TemplateDictionary& dictionary, const char* variable, std::string_view text,
             std::size_t longest = longest_text) {
  set(dictionary, variable, cut(text, longest));
}

void set_verdict(TemplateDictionary& dictionary, CheckVerdict verdict) {
  set(dictionary, "VERDICT", name(verdict));
  set(dictionary, "VERDICT_CLASS", look(verdict).css_class);
  set(dictionary, "SYMBOL", look(verdict).symbol);
}

void fill_trouble(TemplateDictionary& row, const Check& check, Anchors& anchors) {
  set_verdict(row, check.verdict);
  set(row, "ANCHOR", anchors.make("check", check.rule));
  set_cut(row, "MESSAGE", check.message);
  set(row, "RULE", check.rule);
  const CheckFigures figures = figures_of(check);
  set(row, "SEEN", figures.seen);
  set(row, "ALLOWED", figures.allowed);
  set_section(row, "MARGIN_SECTION", "MARGIN", figures.margin);
  set_section(row, "UNIT_SECTION", "UNIT", check.unit);
  for (const auto& [label, value] : gate::facts_of(check)) {
    if (label == "seen" || label == "allowed" || label == "at least" || label == "margin" ||
        label == "replay") {
      continue;
    }
    TemplateDictionary& fact = *row.AddSectionDictionary("FACT");
    set(fact, "LABEL", label);
    set_cut(fact, "VALUE", value);
  }
  set_command(row, "REPLAY_SECTION", cut(check.replay));
}

void fill_checks(TemplateDictionary& page, const std::vector<Check>& checks) {
  Anchors anchors;
  TemplateDictionary* troubles = nullptr;
  TemplateDictionary* passed = nullptr;
  std::size_t shown_troubles = 0;
  std::size_t shown_passed = 0;
  for (const Check& check : checks) {
    if (check.verdict != CheckVerdict::pass && shown_troubles < most_troubles) {
      troubles = troubles != nullptr ? troubles : page.AddSectionDictionary("TROUBLES");
      fill_trouble(*troubles->AddSectionDictionary("CHECK"), check, anchors);
      ++shown_troubles;
    } else if (check.verdict == CheckVerdict::pass && shown_passed < most_passed) {
      passed = passed != nullptr ? passed : page.AddSectionDictionary("PASSED");
      TemplateDictionary& row = *passed->AddSectionDictionary("CHECK");
      set_cut(row, "IDENTITY", identity(check));
      const CheckFigures figures = figures_of(check);
      set(row, "SEEN", figures.seen);
      set(row, "ALLOWED", figures.allowed);
      ++shown_passed;
    }
  }
  if (troubles == nullptr) {
    page.ShowSection("ALL_PASSED");
  }
  if (passed != nullptr) {
    set(*passed, "COUNT", std::to_string(count(checks, CheckVerdict::pass)));
  }
  if (const std::size_t left_out = checks.size() - shown_troubles - shown_passed; left_out > 0) {
    set_section(page, "LEFT_OUT_SECTION", "LEFT_OUT",
                count_text(left_out, "more check stands", "more checks stand"));
  }
}

void fill_kinks(TemplateDictionary& page, const std::vector<gate::KinkSite>& sites) {
  if (sites.empty()) {
    page.ShowSection("NO_KINKS");
    return;
  }
  TemplateDictionary& table = *page.AddSectionDictionary("KINKS");
  std::size_t rows = 0;
  std::size_t shown_sites = 0;
  for (const gate::KinkSite& site : sites) {
    if (rows + site.counts.size() > most_kink_rows) {
      break;
    }
    ++shown_sites;
    for (const gate::KinkCount& count : site.counts) {
      ++rows;
      TemplateDictionary& row = *table.AddSectionDictionary("KINK");
      set_cut(row, "OPERATION", site.operation);
      set(row, "NAME", site.kink);
      set_cut(row, "PLACE", fmt::format("{} {}", site.module, gate::text(site.source)));
      set_cut(row, "NATIVE", site.native_choice.value_or("not measured"));
      set(row, "PRECISION", name(count.precision));
      for (const auto& [variable, value] :
           std::initializer_list<std::pair<const char*, std::int64_t>>{{"ELEMENTS", count.elements},
                                                                       {"POSITIVE", count.positive_zeros},
                                                                       {"NEGATIVE", count.negative_zeros},
                                                                       {"FLUSHED", count.flushed},
                                                                       {"OTHER", count.other},
                                                                       {"REACHED", count.reached},
                                                                       {"NANS", count.nan_inputs}}) {
        set(row, variable, std::to_string(value));
      }
      set_cut(row, "PROBED",
              site.on_data          ? "no: data, which carry no gradient"
              : site.probes.empty() ? (site.why_not_probed.empty() ? "no" : "no: " + site.why_not_probed)
                                    : "moves the gradient by " + readable(site.probes.front().change, 4));
    }
  }
  if (shown_sites < sites.size()) {
    set_section(table, "MORE_KINKS_SECTION", "MORE_KINKS", std::to_string(sites.size() - shown_sites));
  }
}

void fill_facts(TemplateDictionary& page, const gate::Judgement& judgement) {
  const auto add = [&page](std::string_view key, std::string_view value) {
    if (!value.empty()) {
      TemplateDictionary& entry = *page.AddSectionDictionary("ENTRY");
      set_cut(entry, "KEY", key);
      set_cut(entry, "VALUE", value);
    }
  };
  add("model", judgement.model.file);
  add("model SHA-256", judgement.model.sha256);
  add("parameters", std::to_string(judgement.model.parameters));
  add("inputs", judgement.inputs.file);
  add("inputs SHA-256", judgement.inputs.sha256);
  add("mini-batches", fmt::format("{} of {} each", judgement.inputs.mini_batches,
                                  count_text(judgement.inputs.batch_size, "sample")));
  add("loss", judgement.loss);
  add("gradient with respect to", judgement.with_respect_to);
  add("policy", judgement.policy_file.empty() ? "the defaults" : judgement.policy_file);
  for (const auto& [key, value] : judgement.environment) {
    add(key, value);
  }
}

}  // namespace

std::string gate_html(const gate::Judgement& judgement) {
  TemplateDictionary page("gate");
  page.SetValue("STYLE", std::string(report_style));
  set(page, "OUTCOME", name(judgement.outcome));
  set_cut(page, "HEADLINE", judgement.headline);
  set_cut(page, "MODEL", judgement.model.file);
  set_section(page, "IMPORTER_SECTION", "IMPORTER", judgement.model.importer);
  for (const CheckVerdict verdict : gate::all_check_verdicts) {
    TemplateDictionary& entry = *page.AddSectionDictionary("TALLY");
    set_verdict(entry, verdict);
    set(entry, "COUNT", std::to_string(count(judgement.checks, verdict)));
  }
  if (!judgement.notes.empty()) {
    TemplateDictionary& list = *page.AddSectionDictionary("NOTES");
    for (const std::string& note : judgement.notes) {
      set_section(list, "NOTE", "TEXT", note);
    }
  }
  fill_checks(page, judgement.checks);
  fill_kinks(page, judgement.kinks);
  set_cut(page, "POLICY", judgement.policy, longest_policy);
  fill_facts(page, judgement);
  if (judgement.command.empty()) {
    page.ShowSection("NO_COMMAND");
  }
  set_command(page, "COMMAND_SECTION", judgement.command);
  return expand(page, "relu0/gate.html", gate_template);
}

}  // namespace relu0
