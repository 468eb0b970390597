#include "analysis/statistics/mean_interval.hpp"
#include "analysis/statistics/statistics.hpp"
#include "suites/experiments/training/text.hpp"
#include "suites/experiments/training/training_study.hpp"
#include "suites/verdicts/verdict_rules.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace relu0::training_study {

namespace {

/// Whether the table has a row of this epoch, which counts from 1: the powers of four and the last one, so
/// that reports of 200 epochs stay small.
bool has_row(std::int64_t epoch, std::int64_t last) {
  return epoch == last || (std::has_single_bit(static_cast<std::uint64_t>(epoch)) &&
                           std::countr_zero(static_cast<std::uint64_t>(epoch)) % 2 == 0);
}

/// The epoch, from 1, of all trainings of an arm that got as far.
std::vector<EpochOutcome> epoch_of(const Arm& arm, std::int64_t epoch) {
  std::vector<EpochOutcome> result;
  for (const TrainingOutcome& outcome : arm.evidence.draws) {
    if (epoch <= std::ssize(outcome.epochs)) {
      result.push_back(outcome.epochs[static_cast<std::size_t>(epoch - 1)]);
    }
  }
  return result;
}

/// There must be epochs.
double median(const std::vector<EpochOutcome>& epochs, double EpochOutcome::*field) {
  std::vector<double> values;
  std::transform(epochs.begin(), epochs.end(), std::back_inserter(values), std::mem_fn(field));
  return quantile(values, 0.5).value();
}

/// epochs: those of the arm's trainings that are number `epoch`, from 1; there must be some.
std::vector<std::string> epoch_row(const Condition& condition, const Arm& arm, std::int64_t epoch,
                                   const std::vector<EpochOutcome>& epochs) {
  KinkFlow kinks;
  std::int64_t steps = 0;
  std::int64_t skipped = 0;
  for (const EpochOutcome& of : epochs) {
    kinks += of.kinks;
    steps += of.steps;
    skipped += of.skipped;
  }
  const auto a_step = [steps](std::int64_t count) {
    return wording::number(static_cast<double>(count) / static_cast<double>(steps));
  };
  return {name(condition),
          std::string(name(arm.rule)),
          fmt::format("{}", arm.s),
          std::to_string(epoch),
          std::to_string(epochs.size()),
          wording::number(median(epochs, &EpochOutcome::train_loss)),
          fmt::format("{:.4f}", median(epochs, &EpochOutcome::train_accuracy)),
          wording::number(median(epochs, &EpochOutcome::test_loss)),
          fmt::format("{:.4f}", median(epochs, &EpochOutcome::test_accuracy)),
          wording::number(median(epochs, &EpochOutcome::gradient_norm)),
          a_step(kinks.met),
          a_step(kinks.reached),
          wording::number(kinks.share({.value = arm.s, .rule = arm.rule})),
          std::to_string(skipped)};
}

/// Test accuracies after an epoch, from 0; of a training that ended before, those that it ended with.
std::vector<double> accuracies_after(const Arm& arm, std::int64_t epoch) {
  std::vector<double> result;
  for (const TrainingOutcome& outcome : arm.evidence.draws) {
    const std::int64_t last = std::ssize(outcome.epochs) - 1;
    result.push_back(outcome.epochs.at(static_cast<std::size_t>(std::min(epoch, last))).test_accuracy);
  }
  return result;
}

}  // namespace

std::optional<std::int64_t> parted_from(const Trained& trained, double s, Rule rule) {
  std::optional<std::int64_t> result;
  for (std::int64_t epoch = trained.epochs() - 1; epoch >= 0; --epoch) {
    const std::optional<Interval> interval = mean_interval(
        by_draw(accuracies_after(trained.at(0, rule), epoch), accuracies_after(trained.at(s, rule), epoch)),
        verdict_rules::confidence);
    if (!interval || !interval->excludes(0)) {
      break;
    }
    result = epoch + 1;
  }
  return result;
}

void append_epochs(const std::string& experiment, const std::vector<Trained>& all, Results& results) {
  Table table;
  table.id = experiment + "-epochs";
  table.experiment = experiment;
  table.title = text("epochs.title");
  table.caption = text("epochs.caption");
  table.columns = {"trained",
                   "rule",
                   "s",
                   "epoch",
                   "trainings",
                   "training loss",
                   "training accuracy",
                   "test loss",
                   "test accuracy",
                   "gradient norm",
                   "zeros a step",
                   "reached a step",
                   "share entering",
                   "steps left out"};
  for (const Trained& of : all) {
    for (const Arm& arm : of.arms) {
      for (std::int64_t epoch = 1; epoch <= of.epochs(); ++epoch) {
        if (!has_row(epoch, of.epochs())) {
          continue;
        }
        const std::vector<EpochOutcome> epochs = epoch_of(arm, epoch);
        if (!epochs.empty()) {
          table.rows.push_back(epoch_row(of.condition, arm, epoch, epochs));
        }
      }
    }
  }
  if (!table.rows.empty()) {
    results.tables.push_back(std::move(table));
  }
}

}  // namespace relu0::training_study
