#include "suites/experiments/kinks/kink_tables.hpp"

#include "suites/experiments/common.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::kink_tables {

namespace common = experiments_common;
using kink_evidence::KinkEvidence;
using kink_evidence::OfKink;

namespace {

constexpr const char* experiment = "kinks";
constexpr Texts text{"kinks"};

/// "12/12"; "–" where nothing was judged.
std::string inside(const BetweenSides& between) {
  return between.judged == 0 ? "–" : wording::fraction({between.inside, between.judged});
}

std::string change(const std::vector<double>& relative) {
  return relative.empty() ? "–"
                          : fmt::format("{} ({})", wording::number(quantile(relative, 0.5)),
                                        wording::number(quantile(relative, 1)));
}

std::vector<std::string> row_of(const Setting& setting, const OfKink& kink) {
  const KinkFigures& figures = kink.figures;
  return {name(setting.network),
          std::string(name(setting.precision)),
          std::string(name(figures.kink)),
          std::to_string(kink.networks.trials),
          std::to_string(figures.places),
          std::to_string(figures.hits),
          std::to_string(figures.reached),
          wording::fraction(kink.hit),
          common::with_interval(kink.impacted),
          common::with_interval(kink.networks),
          change(figures.sides.relative_l2),
          wording::fraction(kink.to_middle),
          std::to_string(figures.origins.structural),
          std::to_string(figures.origins.exact),
          std::to_string(figures.origins.rounding),
          std::to_string(figures.origins.undecided),
          inside(figures.between),
          inside(figures.assigned)};
}

}  // namespace

void append_figure(const std::vector<KinkEvidence>& evidence, Results& results) {
  Figure figure;
  figure.id = "kinks-impacted";
  figure.experiment = experiment;
  figure.title = text("figure.title");
  figure.caption = text("figure.caption", "confidence_percent"_a = verdict_rules::confidence_percent);
  std::vector<std::string> numbered;
  for (std::size_t i = 0; i < all_kinks.size(); ++i) {
    numbered.push_back(fmt::format("{} {}", i + 1, name(all_kinks[i])));
  }
  figure.x = {.label = fmt::format("kink: {}", fmt::join(numbered, ", ")),
              .logarithmic = false,
              .low = 0,
              .high = static_cast<double>(all_kinks.size()) + 1};
  figure.y = {.label = "share of mini-batches", .logarithmic = false, .low = 0, .high = 1};
  // Points of one kink stand beside one another, so that their bars can be told apart.
  constexpr double apart = 0.12;
  for (std::size_t p = 0; p < all_precisions.size(); ++p) {
    FigureSeries series = common::series(all_precisions[p], false);
    series.joined = false;
    for (std::size_t i = 0; i < all_kinks.size(); ++i) {
      const OfKink kink = kink_evidence::pool(evidence, all_kinks[i], [&](const Setting& setting) {
        return setting.precision == all_precisions[p];
      });
      if (kink.impacted.trials > 0) {
        const double middle = static_cast<double>(all_precisions.size() - 1) / 2;
        series.points.push_back(common::share_point(
            static_cast<double>(i + 1) + apart * (static_cast<double>(p) - middle), kink.impacted));
      }
    }
    if (!series.points.empty()) {
      figure.series.push_back(std::move(series));
    }
  }
  if (!figure.series.empty()) {
    results.figures.push_back(std::move(figure));
  }
}

void append_table(const std::vector<KinkEvidence>& evidence, Results& results) {
  Table table;
  table.id = "kinks-counts";
  table.experiment = experiment;
  table.title = text("table.title");
  table.caption = text("table.caption", "confidence_percent"_a = verdict_rules::confidence_percent);
  table.columns = {"network",
                   "precision",
                   "kink",
                   "networks",
                   "places",
                   "hits",
                   "reached",
                   "mini-batches with a hit",
                   "mini-batches changed",
                   "networks changed",
                   "relative change",
                   "changed by the mean",
                   "structural",
                   "exact",
                   "rounding",
                   "undecided",
                   "mean between the sides",
                   "assigned 1 between the sides"};
  for (const KinkEvidence& in_setting : evidence) {
    if (in_setting.draws.empty()) {
      continue;
    }
    for (const Kink kink : kink_evidence::kinks_of(in_setting.setting)) {
      table.rows.push_back(
          row_of(in_setting.setting,
                 kink_evidence::pool({in_setting}, kink, [](const Setting& /*setting*/) { return true; })));
    }
  }
  if (!table.rows.empty()) {
    results.tables.push_back(std::move(table));
  }
}

}  // namespace relu0::kink_tables
