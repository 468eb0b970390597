#include "fixtures/count_text.hpp"
#include "suites/experiments/common.hpp"
#include "suites/experiments/training/text.hpp"
#include "suites/experiments/training/training_study.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace relu0::training_study {

namespace {

/// A median with the quartiles as its interval. Values must not be empty.
FigurePoint median_point(double x, const std::vector<double>& values) {
  return {.x = x, .y = *quantile(values, 0.5), .low = quantile(values, 0.25), .high = quantile(values, 0.75)};
}

/// The same as a box, with whiskers to the least and the largest.
FigurePoint box(double x, const std::vector<double>& values) {
  FigurePoint point = median_point(x, values);
  point.least = quantile(values, 0);
  point.greatest = quantile(values, 1);
  return point;
}

/// The final accuracies under a rule as boxes, at the places of these s.
FigureSeries boxes(const Trained& of, Rule rule, const std::vector<double>& levels,
                   const std::string& label) {
  FigureSeries series{.label = label, .points = {}, .group = label, .joined = false};
  for (std::size_t level = 0; level < levels.size(); ++level) {
    if (const std::vector<double> values = of.at(levels[level], rule).accuracies(); !values.empty()) {
      series.points.push_back(box(static_cast<double>(level), values));
    }
  }
  return series;
}

std::vector<std::string> names_of(const std::vector<double>& levels) {
  std::vector<std::string> names;
  std::transform(levels.begin(), levels.end(), std::back_inserter(names),
                 [](double s) { return fmt::format("{}", s); });
  return names;
}

Figure empty_figure(const std::string& experiment, const Trained& of, const char* what, std::string title) {
  Figure figure;
  figure.id = fmt::format("{}-{}-{}", experiment, what, name(of.condition));
  std::replace_if(
      figure.id.begin(), figure.id.end(), [](unsigned char c) { return std::isalnum(c) == 0 && c != '-'; },
      '-');
  figure.experiment = experiment;
  figure.title = std::move(title);
  figure.y.label = "test accuracy";
  return figure;
}

FigureSeries published_series(const Condition& condition) {
  FigureSeries series{.label = "published", .published = true, .points = {}, .group = "published-code"};
  for (std::size_t level = 0; level < condition.levels.size(); ++level) {
    if (const auto row = published(condition, condition.levels[level])) {
      series.points.push_back(
          {.x = static_cast<double>(level), .y = row->median, .low = row->minimum, .high = row->maximum});
    }
  }
  return series;
}

/// Final accuracies by s: box plots, and each training as a point of its own.
Figure accuracy_figure(const std::string& experiment, const Trained& of) {
  Figure figure = empty_figure(experiment, of, "accuracy",
                               text("accuracy-figure.title", "condition"_a = name(of.condition)));
  figure.caption = text("accuracy-figure.caption", "epochs"_a = count_text(of.epochs(), "epoch", "epochs"));
  figure.x.label = "s";
  figure.x.categories = names_of(of.condition.levels);
  for (const Rule rule : all_rules) {
    const std::string group(name(rule));
    FigureSeries dots{.label = group + ", each training", .points = {}, .group = group, .joined = false};
    for (std::size_t level = 0; level < of.condition.levels.size(); ++level) {
      const std::vector<double> values = of.at(of.condition.levels[level], rule).accuracies();
      for (const double value : values) {
        dots.points.push_back({.x = static_cast<double>(level), .y = value, .low = {}, .high = {}});
      }
    }
    figure.series.push_back(boxes(of, rule, of.condition.levels, group));
    figure.series.push_back(std::move(dots));
  }
  if (FigureSeries series = published_series(of.condition); !series.points.empty()) {
    figure.series.push_back(std::move(series));
  }
  return figure;
}

/// Final accuracies of two conditions by s, side by side.
Figure beside_figure(const std::string& experiment, const Trained& one, const Trained& other) {
  Figure figure = empty_figure(
      experiment, one, "beside",
      text("beside-figure.title", "one"_a = name(one.condition), "other"_a = name(other.condition)));
  figure.caption = text("beside-figure.caption", "epochs"_a = count_text(one.epochs(), "epoch", "epochs"));
  figure.x.label = "s";
  std::vector<double> levels;
  for (const double s : one.condition.levels) {
    if (std::find(other.condition.levels.begin(), other.condition.levels.end(), s) !=
        other.condition.levels.end()) {
      levels.push_back(s);
    }
  }
  figure.x.categories = names_of(levels);
  for (const Trained* of : {&one, &other}) {
    for (const Rule rule : all_rules) {
      figure.series.push_back(
          boxes(*of, rule, levels, fmt::format("{}, {}", name(of->condition), name(rule))));
    }
  }
  return figure;
}

/// Test accuracies by epoch under one rule: medians, with a band between the quartiles.
Figure curves_figure(const std::string& experiment, const Trained& of, Rule rule) {
  Figure figure =
      empty_figure(experiment, of, rule == Rule::chain_rule ? "curves" : "published-curves",
                   text("curves-figure.title", "condition"_a = name(of.condition), "rule"_a = name(rule)));
  figure.caption = text("curves-figure.caption");
  figure.x.label = "epochs";
  for (const double s : of.condition.levels) {
    FigureSeries series{.label = fmt::format("s = {}", s), .points = {}, .group = {}, .band = true};
    for (std::size_t epoch = 0; epoch < static_cast<std::size_t>(of.epochs()); ++epoch) {
      std::vector<double> values;
      for (const TrainingOutcome& outcome : of.at(s, rule).evidence.draws) {
        // A training that ended in a NaN stays where it was.
        values.push_back(outcome.epochs[std::min(epoch, outcome.epochs.size() - 1)].test_accuracy);
      }
      if (!values.empty()) {
        series.points.push_back(median_point(static_cast<double>(epoch + 1), values));
      }
    }
    if (!series.points.empty()) {
      figure.series.push_back(std::move(series));
    }
  }
  return figure;
}

/// What enters at kinks step by step: the median over trainings with s = 0 of what s = 1 would let enter.
Figure entering_figure(const std::string& experiment, const Trained& of) {
  constexpr std::size_t together = 10;
  Figure figure = empty_figure(experiment, of, "entering",
                               text("entering-figure.title", "condition"_a = name(of.condition)));
  figure.caption = text("entering-figure.caption", "steps"_a = together);
  figure.x.label = "steps";
  figure.y = {.label = "share of the gradient's norm", .logarithmic = true, .low = {}, .high = {}};
  for (const Rule rule : all_rules) {
    FigureSeries series{.label = std::string(name(rule)), .points = {}, .group = std::string(name(rule))};
    for (std::size_t first = 0; first < 200; first += together) {
      std::vector<double> shares;
      for (const TrainingOutcome& outcome : of.at(0, rule).evidence.draws) {
        KinkFlow flow;
        for (std::size_t step = first; step < std::min(first + together, outcome.first_steps.size());
             ++step) {
          flow += outcome.first_steps[step];
        }
        if (first < outcome.first_steps.size()) {
          shares.push_back(flow.share({.value = 1, .rule = rule}));
        }
      }
      const std::optional<double> median = quantile(shares, 0.5);
      if (median && *median > 0) {
        series.points.push_back(
            {.x = static_cast<double>(first + together), .y = *median, .low = {}, .high = {}});
      }
    }
    if (!series.points.empty()) {
      figure.series.push_back(std::move(series));
    }
  }
  return figure;
}

std::int64_t steps_of(const Arm& arm) {
  std::int64_t steps = 0;
  for (const TrainingOutcome& outcome : arm.evidence.draws) {
    for (const EpochOutcome& epoch : outcome.epochs) {
      steps += epoch.steps;
    }
  }
  return steps;
}

std::string share_text(const KinkFlow& flow, const DerivativeChoice& choice) {
  return wording::number(flow.share(choice));
}

}  // namespace

void append_figures_beside(const std::string& experiment, const std::vector<Beside>& pairs,
                           Results& results) {
  for (const bool leads : {true, false}) {
    for (const auto& [one, other] : pairs) {
      if (one.condition.leads() == leads && one.measured() && other.measured()) {
        results.figures.push_back(beside_figure(experiment, one, other));
      }
    }
  }
}

void append_figures(const std::string& experiment, const std::vector<Trained>& all, Results& results) {
  std::vector<Trained> shown = all;
  std::erase_if(shown, [](const Trained& of) { return !of.measured(); });
  std::stable_partition(shown.begin(), shown.end(), [](const Trained& of) { return of.condition.leads(); });
  for (const Trained& of : shown) {
    results.figures.push_back(accuracy_figure(experiment, of));
    for (const Rule rule : all_rules) {
      if (of.epochs() > 1) {
        results.figures.push_back(curves_figure(experiment, of, rule));
      }
    }
    if (Figure entering = entering_figure(experiment, of); !entering.series.empty()) {
      results.figures.push_back(std::move(entering));
    }
  }
}

void append_tables(const std::string& experiment, const std::vector<Trained>& all, Results& results) {
  Table table;
  table.id = experiment + "-trainings";
  table.experiment = experiment;
  table.title = text("table.title");
  table.caption = text("table.caption");
  table.columns = {"trained",          "rule",          "s",
                   "trainings",        "test accuracy", "quartiles",
                   "published",        "ended in NaN",  "zeros a step",
                   "of these reached", "share entering"};
  for (const Trained& of : all) {
    for (const Arm& arm : of.arms) {
      const std::vector<double> values = arm.accuracies();
      if (values.empty()) {
        continue;
      }
      const KinkFlow flow = arm.kinks();
      const auto row = published(of.condition, arm.s);
      table.rows.push_back(
          {name(of.condition), std::string(name(arm.rule)), fmt::format("{}", arm.s),
           std::to_string(values.size()), fmt::format("{:.4f}", *quantile(values, 0.5)),
           fmt::format("{:.4f} to {:.4f}", *quantile(values, 0.25), *quantile(values, 0.75)),
           row && arm.rule == Rule::published_code ? fmt::format("{:.4f}", row->median) : "-",
           fmt::format("{}/{}", arm.ended_in_nan(), values.size()),
           wording::number(static_cast<double>(flow.met) / static_cast<double>(steps_of(arm))),
           flow.met == 0 ? "-"
                         : fmt::format("{:.1f} %", 100 * static_cast<double>(flow.reached) /
                                                       static_cast<double>(flow.met)),
           share_text(flow, {.value = arm.s, .rule = arm.rule})});
    }
  }
  if (!table.rows.empty()) {
    results.tables.push_back(std::move(table));
  }
  append_epochs(experiment, all, results);
  append_learning_rates(experiment, all, results);
}

}  // namespace relu0::training_study
