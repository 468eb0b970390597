#include "reports/codec/result_fields.hpp"

#include <array>
#include <optional>

namespace relu0 {

void interval_field(Fields& f, std::optional<Interval>& interval) {
  std::optional<std::array<double, 2>> ends;
  if (interval) {
    ends = {interval->low, interval->high};
  }
  f.where_present("interval", ends);
  interval.reset();
  if (ends) {
    interval = Interval{.low = ends->front(), .high = ends->back()};
  }
}

void fields(Fields& f, Claim& claim) {
  f("id", claim.id);
  f("name", claim.name);
  f("sentence", claim.sentence);
  f("published", claim.published);
  f("protocol", claim.protocol);
  f("experiment", claim.experiment);
  f("absence", claim.absence);
}

void fields(Fields& f, ExperimentSection& section) {
  f("id", section.id);
  f("title", section.title);
  f("summary", section.summary);
  f.added_later("answer", section.answer);
}

void fields(Fields& f, Finding& finding) {
  f("id", finding.id);
  f("setting", finding.setting);
  f.named("verdict", finding.verdict, parse_verdict);
  f("claim", finding.claim);
  f("published", finding.published);
  f("measured", finding.measured);
  interval_field(f, finding.interval);
  f("agreement", finding.agreement);
  f("why", finding.why);
  f("decision_rule", finding.decision_rule);
  f("source", finding.source);
  f("headline", finding.headline);
  f("experiment", finding.experiment);
  f.added_later("paper_claim", finding.paper_claim);
  f.named_where_present("precision", finding.precision, parse_precision);
  f.named_where_present("rule", finding.rule, parse_rule);
  f.added_later("recorded", finding.recorded);
  f.named_where_present("recorded_verdict", finding.recorded_verdict, parse_verdict);
  f.added_later("part_seen", finding.part_seen);
  f.added_later("conditions", finding.conditions);
}

void fields(Fields& f, Axis& axis) {
  f("label", axis.label);
  f("logarithmic", axis.logarithmic);
  f.where_present("low", axis.low);
  f.where_present("high", axis.high);
  f.added_later("categories", axis.categories);
}

void fields(Fields& f, FigurePoint& point) {
  f("x", point.x);
  f("y", point.y);
  f.where_present("low", point.low);
  f.where_present("high", point.high);
  f.where_present("least", point.least);
  f.where_present("greatest", point.greatest);
}

void fields(Fields& f, FigureSeries& series) {
  f("label", series.label);
  f("published", series.published);
  f("group", series.group);
  f("points", series.points);
  f.added_later("joined", series.joined);
  f.added_later("band", series.band);
}

void fields(Fields& f, Figure& figure) {
  f("id", figure.id);
  f("experiment", figure.experiment);
  f("title", figure.title);
  f("caption", figure.caption);
  f("x", figure.x);
  f("y", figure.y);
  f("series", figure.series);
  f.added_later("headline", figure.headline);
}

void fields(Fields& f, HeatMapAxis& axis) {
  f("label", axis.label);
  f("categories", axis.categories);
  f("places", axis.places);
}

void fields(Fields& f, HeatMap& map) {
  f("id", map.id);
  f("experiment", map.experiment);
  f("title", map.title);
  f("caption", map.caption);
  f("x", map.x);
  f("y", map.y);
  f("unit", map.unit);
  f("logarithmic", map.logarithmic);
  f("group", map.group);
  f("contours", map.contours);
  f.added_later("filled", map.filled);
  f.added_later("floor", map.floor);
  f("rows", map.rows);
}

void fields(Fields& f, Table& table) {
  f("id", table.id);
  f("experiment", table.experiment);
  f("title", table.title);
  f("caption", table.caption);
  f("columns", table.columns);
  f("rows", table.rows);
}

}  // namespace relu0
