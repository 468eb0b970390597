#include "suites/experiments/common.hpp"
#include "suites/experiments/training/text.hpp"
#include "suites/experiments/training/training_study.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace relu0::training_study {

namespace {

/// What the searches of an arm's trainings found.
struct Searches {
  std::vector<double> rates;
  std::vector<double> accuracies;  ///< of the candidates that were left, on the validation images
  std::int64_t candidates = 0;
  std::int64_t diverged = 0;
  std::int64_t all_diverged = 0;  ///< searches of which no candidate was left that is finite
};

Searches searches_of(const Arm& arm) {
  Searches result;
  for (const TrainingOutcome& outcome : arm.evidence.draws) {
    if (outcome.search) {
      result.rates.push_back(outcome.search->best().rate);
      result.accuracies.push_back(outcome.search->best().scores.back().accuracy());
      result.candidates += std::ssize(outcome.search->candidates);
      result.diverged += outcome.search->diverged();
      result.all_diverged += outcome.search->all_diverged() ? 1 : 0;
    }
  }
  return result;
}

/// The median of the logarithms, since rates are drawn log-uniformly. There must be one.
double median_rate(std::vector<double> rates) {
  std::transform(rates.begin(), rates.end(), rates.begin(), [](double rate) { return std::log(rate); });
  return std::exp(*quantile(rates, 0.5));
}

std::string diverged_text(const Searches& searches) {
  return searches.all_diverged == 0
             ? text("learning-rates.diverged", "diverged"_a = searches.diverged,
                    "candidates"_a = searches.candidates)
             : text("learning-rates.all-diverged", "diverged"_a = searches.diverged,
                    "candidates"_a = searches.candidates, "trainings"_a = searches.all_diverged);
}

std::vector<std::string> row(const Condition& condition, const Arm& arm) {
  std::vector<std::string> result{name(condition), std::string(name(arm.rule)), fmt::format("{}", arm.s)};
  const Searches searches = searches_of(arm);
  if (searches.rates.empty()) {
    const GivenRate given = given_rate(condition, arm.s);
    for (const std::string& cell :
         {fmt::format("{}", given.rate),
          given.published_for ? text("learning-rates.published", "s"_a = *given.published_for)
                              : text("learning-rates.not-published"),
          std::string("-"), std::string("-")}) {
      result.push_back(cell);
    }
    return result;
  }
  const RateSearchOptions search =
      rate_search(condition.optimizer, searches.candidates / std::ssize(searches.rates));
  const auto [least, largest] = std::minmax_element(searches.rates.begin(), searches.rates.end());
  for (const std::string& cell :
       {fmt::format("{:.3g} ({:.3g} to {:.3g})", median_rate(searches.rates), *least, *largest),
        text("learning-rates.searched", "candidates"_a = search.candidates, "lowest"_a = search.lowest,
                                        "highest"_a = search.highest),
        fmt::format("{:.4f}", *quantile(searches.accuracies, 0.5)), diverged_text(searches)}) {
    result.push_back(cell);
  }
  return result;
}

}  // namespace

void append_learning_rates(const std::string& experiment, const std::vector<Trained>& all, Results& results) {
  Table table;
  table.id = experiment + "-learning-rates";
  table.experiment = experiment;
  table.title = text("learning-rates.title");
  table.caption = text("learning-rates.caption");
  table.columns = {"trained", "rule", "s", "learning rate", "from", "validation accuracy", "diverged"};
  for (const Trained& of : all) {
    for (const Arm& arm : of.arms) {
      if (!arm.evidence.draws.empty()) {
        table.rows.push_back(row(of.condition, arm));
      }
    }
  }
  if (!table.rows.empty()) {
    results.tables.push_back(std::move(table));
  }
}

}  // namespace relu0::training_study
