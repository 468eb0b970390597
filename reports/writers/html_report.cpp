#include "reports/figures/figure_rendering.hpp"
#include "reports/model/text.hpp"
#include "reports/model/verdicts.hpp"
#include "reports/store/store.hpp"
#include "reports/writers/html_dictionary.hpp"
#include "reports/writers/html_heat_map.hpp"
#include "reports/writers/templates.hpp"
#include "reports/writers/writers.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <ctemplate/template.h>
#include <fmt/format.h>

namespace relu0 {
namespace {

using ctemplate::TemplateDictionary;

constexpr const char* page_title = "Does backpropagation depend on ReLU′(0)?";

std::string css_class(Verdict verdict) {
  std::string text(name(verdict));
  std::replace(text.begin(), text.end(), ' ', '-');
  return text;
}

void set_verdict(TemplateDictionary& dictionary, Verdict verdict) {
  set(dictionary, "VERDICT", name(verdict));
  set(dictionary, "VERDICT_CLASS", css_class(verdict));
  set(dictionary, "SYMBOL", symbol(verdict));
}

/// A finding and the id of its row.
struct AnchoredFinding {
  Finding finding;
  std::string anchor;
};

std::vector<AnchoredFinding> with_anchors(const std::vector<Finding>& findings, Anchors& anchors) {
  std::vector<AnchoredFinding> result;
  for (const Finding& finding : headlines_first(findings)) {
    result.push_back({finding, anchors.make("finding", finding.id + " " + finding.setting)});
  }
  return result;
}

void fill_finding(TemplateDictionary& row, const AnchoredFinding& item) {
  const Finding& finding = item.finding;
  set_verdict(row, finding.verdict);
  set(row, "ANCHOR", item.anchor);
  set(row, "CLAIM", finding.claim);
  set(row, "ID", finding.id);
  set(row, "SETTING", finding.setting);
  set(row, "PUBLISHED", finding.published);
  set(row, "MEASURED", finding.measured);
  set(row, "WHY", finding.why);
  set_section(row, "SOURCE_SECTION", "SOURCE", finding.source);
  set_section(row, "INTERVAL_SECTION", "INTERVAL", interval_text(finding.interval));
  set_section(row, "AGREEMENT_SECTION", "AGREEMENT", finding.agreement);
  set_section(row, "RULE_SECTION", "RULE", finding.decision_rule);
}

void fill_verdict_table(TemplateDictionary& page, const std::vector<AnchoredFinding>& findings) {
  if (findings.empty()) {
    page.ShowSection("NO_FINDINGS");
    return;
  }
  TemplateDictionary& table = *page.AddSectionDictionary("VERDICT_TABLE");
  const bool has_headlines = findings.front().finding.headline;
  for (const bool headline : {true, false}) {
    TemplateDictionary* group = nullptr;
    for (const AnchoredFinding& item : findings) {
      if (item.finding.headline != headline) {
        continue;
      }
      if (group == nullptr) {
        group = table.AddSectionDictionary("GROUP");
        const char* title = headline ? "In the setting of the paper" : "In other settings";
        if (has_headlines) {
          set_section(*group, "GROUP_TITLE_SECTION", "GROUP_TITLE", title);
        }
      }
      fill_finding(*group->AddSectionDictionary("FINDING"), item);
    }
  }
}

void fill_legend(TemplateDictionary& drawn, const Figure& figure, const std::string& anchor) {
  const std::vector<SeriesStyle> styles = series_styles(figure);
  for (std::size_t i = 0; i < figure.series.size(); ++i) {
    TemplateDictionary& entry = *drawn.AddSectionDictionary("SERIES");
    const bool published = figure.series[i].published;
    set(entry, "LABEL", figure.series[i].label);
    set(entry, "COLOUR_CLASS", fmt::format("s{}", styles[i].colour));
    set(entry, "LINE_CLASS", published ? "dashed" : "solid");
    set(entry, "POINT_CLASS", published ? "hollow" : "filled");
    set(entry, "SYMBOL_ID", symbol_id(anchor, styles[i].gnuplot_point_type));
  }
}

/// All x of a figure, in order; NaN, which has no order, comes last.
std::vector<double> distinct_x(const Figure& figure) {
  const auto before = [](double a, double b) { return std::isnan(b) ? !std::isnan(a) : a < b; };
  std::set<double, decltype(before)> values(before);
  for (const FigureSeries& series : figure.series) {
    for (const FigurePoint& point : series.points) {
      values.insert(point.x);
    }
  }
  return {values.begin(), values.end()};
}

bool same_x(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// A row for each x, a column for each series.
void fill_numbers(TemplateDictionary& dictionary, const Figure& figure) {
  for (const FigureSeries& series : figure.series) {
    set(*dictionary.AddSectionDictionary("SERIES_COLUMN"), "LABEL", series.label);
  }
  for (const double x : distinct_x(figure)) {
    TemplateDictionary& row = *dictionary.AddSectionDictionary("POINT_ROW");
    set(row, "X", readable(x));
    for (const FigureSeries& series : figure.series) {
      TemplateDictionary& cell = *row.AddSectionDictionary("POINTS");
      for (const FigurePoint& point : series.points) {
        if (!same_x(point.x, x)) {
          continue;
        }
        TemplateDictionary& entry = *cell.AddSectionDictionary("POINT");
        set(entry, "Y", readable(point.y));
        set_section(entry, "POINT_INTERVAL", "INTERVAL", interval_text(point.low, point.high));
      }
    }
  }
}

/// Whether the table of numbers fits beside a figure that stands alone.
bool is_short(const Figure& figure) {
  constexpr std::size_t most_rows = 8;
  constexpr std::size_t most_columns = 4;
  return distinct_x(figure).size() <= most_rows && figure.series.size() <= most_columns;
}

void fill_figure(TemplateDictionary& dictionary, const Figure& figure, Anchors& anchors) {
  const std::string anchor = anchors.make("figure", figure.id);
  set(dictionary, "ANCHOR", anchor);
  set(dictionary, "TITLE", figure.title);
  set(dictionary, "CAPTION", figure.caption);
  set(dictionary, "X_LABEL", figure.x.label);
  set(dictionary, "Y_LABEL", figure.y.label);
  fill_numbers(dictionary, figure);
  const RenderedFigure rendered = render(figure, anchor);
  if (rendered.svg.empty()) {
    set_section(dictionary, "NOT_DRAWN", "FAILURE", rendered.failure);
    dictionary.ShowSection("OPEN");
    return;
  }
  TemplateDictionary& drawn = *dictionary.AddSectionDictionary("DRAWN");
  fill_legend(drawn, figure, anchor);
  drawn.SetValue("SVG", rendered.svg);
  if (rendered.side_by_side) {
    dictionary.ShowSection("SIDE_BY_SIDE");
  }
  if (rendered.omitted_points > 0) {
    set_section(
        dictionary, "OMITTED", "OMITTED_POINTS",
        fmt::format("{} {}", rendered.omitted_points, rendered.omitted_points == 1 ? "point" : "points"));
  }
}

/// Digits, signs and what stands between them; words make a column of text.
bool is_number_like(const std::string& text) {
  return !text.empty() && text.find_first_of("0123456789") != std::string::npos &&
         text.find_first_not_of("0123456789.,+-−±×eE%/[]() ") == std::string::npos;
}

bool is_number_column(const Table& table, std::size_t column) {
  return !table.rows.empty() && std::all_of(table.rows.begin(), table.rows.end(), [column](const auto& row) {
    return row[column].empty() || is_number_like(row[column]);
  });
}

void fill_table(TemplateDictionary& dictionary, const Table& table, Anchors& anchors) {
  set(dictionary, "ANCHOR", anchors.make("table", table.id));
  set(dictionary, "TITLE", table.title);
  set(dictionary, "CAPTION", table.caption);
  std::vector<bool> numbers;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    numbers.push_back(is_number_column(table, column));
  }
  const auto fill_cell = [&numbers](TemplateDictionary& cell, std::size_t column, const std::string& text) {
    set(cell, "TEXT", text);
    if (numbers[column]) {
      cell.ShowSection("NUMBER");
    }
  };
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    fill_cell(*dictionary.AddSectionDictionary("COLUMN"), column, table.columns[column]);
  }
  for (const std::vector<std::string>& cells : table.rows) {
    TemplateDictionary& row = *dictionary.AddSectionDictionary("ROW");
    for (std::size_t column = 0; column < cells.size(); ++column) {
      fill_cell(*row.AddSectionDictionary("CELL"), column, cells[column]);
    }
  }
}

/// The experiments of the store, followed by a section for what belongs to none of them.
std::vector<ExperimentSection> sections(const Results& results) {
  std::vector<ExperimentSection> all = results.experiments;
  std::set<std::string> known;
  for (const ExperimentSection& section : all) {
    known.insert(section.id);
  }
  const auto is_homeless = [&known](const auto& item) { return !known.contains(item.experiment); };
  std::set<std::string> homeless;
  for (const Figure& figure : results.figures) {
    if (is_homeless(figure)) {
      homeless.insert(figure.experiment);
    }
  }
  for (const HeatMap& map : results.heat_maps) {
    if (is_homeless(map)) {
      homeless.insert(map.experiment);
    }
  }
  for (const Table& table : results.tables) {
    if (is_homeless(table)) {
      homeless.insert(table.experiment);
    }
  }
  for (const std::string& id : homeless) {
    all.push_back(
        {.id = id, .title = id.empty() ? "Further results" : "Further results: " + id, .summary = ""});
  }
  return all;
}

void fill_experiment(TemplateDictionary& page, const ExperimentSection& section, const Results& results,
                     const std::vector<AnchoredFinding>& findings, Anchors& anchors) {
  const std::string section_anchor = anchors.make("experiment", section.id);
  TemplateDictionary& dictionary = *page.AddSectionDictionary("EXPERIMENT");
  set(dictionary, "ANCHOR", section_anchor);
  set(dictionary, "TITLE", section.title);
  TemplateDictionary& content = *page.AddSectionDictionary("CONTENTS");
  set(content, "TARGET", section_anchor);
  set(content, "TITLE", section.title);
  set_section(dictionary, "SUMMARY_SECTION", "SUMMARY", section.summary);
  set_section(dictionary, "ANSWER_SECTION", "ANSWER", section.answer);
  TemplateDictionary* links = nullptr;
  for (const auto& [finding, anchor] : findings) {
    if (finding.experiment.empty() || finding.experiment != section.id) {
      continue;
    }
    if (links == nullptr) {
      links = dictionary.AddSectionDictionary("LINKS");
    }
    TemplateDictionary& link = *links->AddSectionDictionary("LINK");
    set_verdict(link, finding.verdict);
    set(link, "TARGET", anchor);
    set(link, "ID", finding.id);
    set(link, "SETTING", finding.setting);
    set(link, "MEASURED", finding.measured);
  }
  TemplateDictionary* figures = nullptr;
  const auto here = [&section](const Figure& figure) { return figure.experiment == section.id; };
  const bool alone = std::count_if(results.figures.begin(), results.figures.end(), here) == 1;
  for (const Figure& figure : results.figures) {
    if (!here(figure)) {
      continue;
    }
    if (figures == nullptr) {
      figures = dictionary.AddSectionDictionary("FIGURES");
    }
    TemplateDictionary& entry = *figures->AddSectionDictionary("FIGURE");
    fill_figure(entry, figure, anchors);
    if (alone && is_short(figure)) {
      entry.ShowSection("OPEN");
    }
  }
  fill_heat_maps(dictionary, results.heat_maps, section.id, anchors);
  for (const Table& table : results.tables) {
    if (table.experiment == section.id) {
      fill_table(*dictionary.AddSectionDictionary("TABLE"), table, anchors);
    }
  }
}

void fill_notes(TemplateDictionary& page, const std::vector<std::string>& notes) {
  if (notes.empty()) {
    return;
  }
  TemplateDictionary& list = *page.AddSectionDictionary("NOTES");
  for (const std::string& note : notes) {
    set_section(list, "NOTE", "TEXT", note);
  }
}

void fill_environment(TemplateDictionary& page, const Environment& environment) {
  if (environment.empty()) {
    return;
  }
  page.ShowSection("ENVIRONMENT_LINK");
  TemplateDictionary& table = *page.AddSectionDictionary("ENVIRONMENT");
  for (const auto& [key, value] : environment) {
    TemplateDictionary& entry = *table.AddSectionDictionary("ENTRY");
    set(entry, "KEY", key);
    set(entry, "VALUE", value);
  }
  if (!environment.contains(facts::rounding)) {
    TemplateDictionary& entry = *table.AddSectionDictionary("ENTRY");
    set(entry, "KEY", "not recorded");
    set(entry, "VALUE",
        "which library and instruction set computed each kind of operation, and how the threads rounded: the "
        "measurements were made by a version of relu0 that did not look");
  }
}

void fill_run(TemplateDictionary& page, const RunInfo& run) {
  if (run.command.empty()) {
    page.ShowSection("NO_COMMAND");
    return;
  }
  set_section(page, "COMMAND_SECTION", "COMMAND", run.command);
  TemplateDictionary& scale = *page.AddSectionDictionary("SCALE_SECTION");
  set(scale, "SCALE", run.scale);
  set(scale, "SEED", std::to_string(run.seed));
}

}  // namespace

std::string html_report(const Store& store) {
  const Results& results = store.results();
  Anchors anchors;
  const std::vector<AnchoredFinding> findings = with_anchors(results.findings, anchors);

  TemplateDictionary page("report");
  set(page, "TITLE", page_title);
  page.SetValue("STYLE", std::string(report_style));
  for (const Verdict verdict : all_verdicts) {
    TemplateDictionary& entry = *page.AddSectionDictionary("TALLY");
    set_verdict(entry, verdict);
    set(entry, "COUNT", std::to_string(count(results.findings, verdict)));
  }
  fill_notes(page, results.notes);
  fill_verdict_table(page, findings);
  for (const ExperimentSection& section : sections(results)) {
    fill_experiment(page, section, results, findings, anchors);
  }
  fill_environment(page, store.environment());
  fill_run(page, store.run_info());
  return expand(page, "relu0/report.html", report_template);
}

}  // namespace relu0
