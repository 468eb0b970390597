#include "suites/experiments/training/training_study.hpp"

#include "analysis/statistics/mean_interval.hpp"
#include "fixtures/count_text.hpp"
#include "suites/experiments/training/text.hpp"
#include "suites/measurements/base/cost.hpp"
#include "suites/verdicts/verdict_rules.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>

namespace relu0::training_study {

std::string name(const Condition& condition) {
  const std::string optimizer = std::holds_alternative<SgdOptions>(condition.optimizer) ? "SGD" : "Adam";
  return fmt::format("{} on {}, {}{}, {}{}", name(condition.network), name(condition.data),
                     name(condition.precision), condition.loss_scaling ? " mixed with fp32" : "", optimizer,
                     condition.own_label);
}

GivenRate given_rate(const Condition& condition, double s) {
  if (condition.own_rate) {
    return {.rate = *condition.own_rate, .own = true};
  }
  const std::optional<PublishedLearningRate> published =
      published_learning_rate(condition.data->id, condition.published_network, condition.batch_norm,
                              kind(condition.optimizer), condition.one_rate ? 0 : s);
  return published ? GivenRate{.rate = published->rate, .published_for = published->relu_at_zero}
                   : GivenRate{.rate = condition.default_rate};
}

TrainedNetwork training(const Condition& condition, double s, Rule rule) {
  TrainedNetwork result({.network = condition.network,
                         .precision = condition.precision,
                         .batch_size = condition.batch_size,
                         .data = condition.data});
  result.relu = {.value = s, .rule = rule};
  result.optimizer = condition.optimizer;
  result.schedule = condition.schedule;
  result.loss_scaling = condition.loss_scaling;
  result.learning_rate = given_rate(condition, s).rate;
  result.quick = condition.quick;
  result.paper = condition.paper;
  return result;
}

Measurements measurements(const std::vector<Condition>& conditions) {
  std::vector<TrainedNetwork> all;
  for (const Condition& condition : conditions) {
    for (const Rule rule : all_rules) {
      for (const double s : condition.levels) {
        if (s != 0 || rule == all_rules.front()) {
          all.push_back(training(condition, s, rule));
        }
      }
    }
  }
  return as_measurements(all);
}

std::vector<double> Arm::accuracies() const {
  std::vector<double> result;
  for (const TrainingOutcome& outcome : evidence.draws) {
    result.push_back(outcome.final_test_accuracy());
  }
  return result;
}

KinkFlow Arm::kinks() const {
  KinkFlow result;
  for (const TrainingOutcome& outcome : evidence.draws) {
    for (const EpochOutcome& epoch : outcome.epochs) {
      result += epoch.kinks;
    }
  }
  return result;
}

std::int64_t Arm::ended_in_nan() const {
  return std::count_if(evidence.draws.begin(), evidence.draws.end(), [](const TrainingOutcome& outcome) {
    return outcome.first_non_finite && std::ssize(outcome.epochs) < outcome.planned_epochs + 1 &&
           std::isnan(outcome.epochs.back().test_loss);
  });
}

bool Arm::never_acted() const {
  return !evidence.draws.empty() && kinks().entering({.value = s, .rule = rule}) == 0;
}

const Arm& Trained::at(double s, Rule rule) const {
  const auto found =
      std::find_if(arms.begin(), arms.end(), [&](const Arm& arm) { return arm.s == s && arm.rule == rule; });
  if (found == arms.end()) {
    throw std::logic_error(fmt::format("{}: s = {} is not among the levels", name(condition), s));
  }
  return *found;
}

std::vector<const Arm*> Trained::under(Rule rule) const {
  std::vector<const Arm*> result;
  for (const Arm& arm : arms) {
    if (arm.rule == rule) {
      result.push_back(&arm);
    }
  }
  return result;
}

std::vector<std::vector<double>> Trained::accuracies(Rule rule) const {
  const std::vector<const Arm*> levels = under(rule);
  std::size_t draws = levels.front()->evidence.draws.size();
  for (const Arm* arm : levels) {
    draws = std::min(draws, arm->evidence.draws.size());
  }
  std::vector<std::vector<double>> result(draws);
  for (const Arm* arm : levels) {
    const std::vector<double> of_level = arm->accuracies();
    for (std::size_t draw = 0; draw < draws; ++draw) {
      result[draw].push_back(of_level[draw]);
    }
  }
  return result;
}

std::vector<double> Trained::losses_of(double s, Rule rule) const {
  return by_draw(at(0, rule).accuracies(), at(s, rule).accuracies());
}

Basis Trained::basis(Rule rule) const {
  const std::vector<const Arm*> levels = under(rule);
  Basis result = levels.front()->evidence.basis();
  for (const Arm* arm : levels) {
    result = result.and_also(arm->evidence.basis());
  }
  return result;
}

std::int64_t Trained::epochs() const {
  for (const Arm& arm : arms) {
    if (!arm.evidence.draws.empty()) {
      return arm.evidence.draws.front().planned_epochs;
    }
  }
  return 0;
}

bool Trained::measured() const {
  return std::any_of(arms.begin(), arms.end(), [](const Arm& arm) { return !arm.evidence.draws.empty(); });
}

Trained gather(const Condition& condition, const Evidence& evidence) {
  Trained result{.condition = condition, .arms = {}};
  for (const Rule rule : all_rules) {
    for (const double s : condition.levels) {
      result.arms.push_back({.s = s, .rule = rule, .evidence = evidence.of(training(condition, s, rule))});
    }
  }
  return result;
}

std::vector<Trained> gather(const std::vector<Condition>& conditions, const Evidence& evidence) {
  std::vector<Trained> result;
  result.reserve(conditions.size());
  for (const Condition& condition : conditions) {
    result.push_back(gather(condition, evidence));
  }
  return result;
}

std::vector<double> by_draw(std::vector<double> a, const std::vector<double>& b) {
  a.resize(std::min(a.size(), b.size()));
  std::transform(a.begin(), a.end(), b.begin(), a.begin(), std::minus<>());
  return a;
}

std::optional<PublishedAccuracy> published(const Condition& condition, double s) {
  if (!condition.published_alike) {
    return std::nullopt;
  }
  for (const PublishedAccuracy& row : published_training_accuracy()) {
    if (row.dataset == condition.data->id && row.network == condition.published_network &&
        row.batch_norm == condition.batch_norm && row.optimizer == kind(condition.optimizer) &&
        row.relu_at_zero == s) {
      return row;
    }
  }
  const auto* mlp = std::get_if<Mlp>(&condition.network);
  if (mlp == nullptr || s != 0 ||
      name(condition.network) != name(NetworkChoice(Mlp{.width = 2048, .dropout = mlp->dropout})) ||
      kind(condition.optimizer) != kind(published_sgd)) {
    return std::nullopt;
  }
  const std::vector<PublishedAccuracy>& rows = published_dropout_accuracy();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const PublishedAccuracy& of) {
    return of.dataset == condition.data->id && of.dropout == mlp->dropout;
  });
  return row == rows.end() ? std::nullopt : std::optional(*row);
}

namespace {

/// How many images a split has as it is published; 0 where the data set has no such split.
std::int64_t published_images(const DatasetDescription& data, Split split) {
  const PublishedSplit* found = published_split(data, split);
  return found == nullptr ? 0 : found->images;
}

}  // namespace

verdict_rules::Reach reach(const Trained& trained, std::int64_t published_epochs,
                           const RunSettings& settings) {
  const Condition& condition = trained.condition;
  verdict_rules::Reach epochs{.unit = "epochs", .measured = published_epochs, .published = published_epochs};
  if (!trained.measured()) {
    return epochs;
  }
  epochs.measured = trained.epochs();
  if (!epochs.is_full()) {
    return epochs;
  }
  verdict_rules::Reach images{
      .unit = "training images",
      .measured = training(condition, 0, Rule::chain_rule).images(settings),
      .published = published_images(*condition.data, condition.data->measured.front())};
  if (!images.is_full()) {
    return images;
  }
  epochs.other = !condition.headline;
  return epochs;
}

std::string mean_text(const std::vector<double>& differences) {
  if (differences.empty()) {
    return text("effect.none");
  }
  const double mean =
      std::accumulate(differences.begin(), differences.end(), 0.0) / static_cast<double>(differences.size());
  const std::optional<Interval> interval = mean_interval(differences, verdict_rules::confidence);
  return text("effect.mean", "mean"_a = 100 * mean, "draws"_a = count_text(differences.size(), "draw"),
              "interval"_a = interval
                                 ? fmt::format(" [{:.2f}, {:.2f}]", 100 * interval->low, 100 * interval->high)
                                 : std::string());
}

std::string effect_text(const Trained& trained, double s, Rule rule) {
  const std::vector<double> losses = trained.losses_of(s, rule);
  if (losses.empty()) {
    return text("effect.none-of-s", "s"_a = s);
  }
  const std::string mean = mean_text(losses);
  const Arm& at_zero = trained.at(0, rule);
  const Arm& at_s = trained.at(s, rule);
  const bool any_lost = at_zero.ended_in_nan() + at_s.ended_in_nan() > 0;
  const std::string effect = at_s.never_acted() && !any_lost
                                 ? text("effect.of-s-that-never-acted", "s"_a = s, "mean"_a = mean)
                                 : text("effect.of-s", "s"_a = s, "mean"_a = mean);
  return !any_lost
             ? effect
             : text("effect.ended-in-nan", "effect"_a = effect, "lost"_a = at_zero.ended_in_nan(),
                    "trainings"_a = at_zero.evidence.draws.size(), "lost_with_s"_a = at_s.ended_in_nan(),
                    "trainings_with_s"_a = at_s.evidence.draws.size(), "s"_a = s);
}

namespace {

/// What the trainings of a condition cost at the paper's scale, on the data set as it is published.
std::string cost_text(const Condition& condition) {
  const auto images_of = [&condition](Split split) {
    return static_cast<double>(published_images(*condition.data, split));
  };
  const double images =
      passes_of_training_step * images_of(condition.data->measured.front()) + images_of(Split::test);
  const auto trainings = static_cast<double>(condition.paper.draws) *
                         static_cast<double>(1 + all_rules.size() * (condition.levels.size() - 1));
  const double multiply_adds = trainings * static_cast<double>(condition.paper.epochs) * images *
                               build(condition.network).multiply_adds();
  return text("cost", "trainings"_a = trainings, "multiply_adds"_a = wording::number(multiply_adds),
              "time"_a = wording::duration(multiply_adds / multiply_adds_a_second),
              "rate"_a = wording::number(multiply_adds_a_second));
}

}  // namespace

std::string left_out_text(const std::string& experiment, const Condition& condition,
                          const RunSettings& settings) {
  if (condition.quick.draws > 0 && !settings.on_request) {
    return text("left-out.on-request", "experiment"_a = experiment, "data"_a = settings.data_options);
  }
  return text("left-out.at-scale", "experiment"_a = experiment, "network"_a = name(condition.network),
              "cost"_a = cost_text(condition), "data"_a = settings.data_options);
}

}  // namespace relu0::training_study
