#include "fixtures/network/network.hpp"
#include "suites/experiments/common.hpp"
#include "suites/experiments/training/text.hpp"
#include "suites/experiments/training/training_study.hpp"
#include "suites/verdicts/verdict_rules.hpp"

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
  std::int64_t ties = 0;          ///< searches whose choice rests on the loss or the rate
  std::int64_t near_chance = 0;   ///< searches whose choice is not shown to classify better than chance
};

/// Whether the interval of a candidate's accuracy holds that of guessing among so many classes, or lies
/// below.
bool is_near_chance(const Score& score, std::int64_t classes) {
  const Proportion accuracy{score.correct, score.images};
  return clopper_pearson(accuracy, verdict_rules::confidence).low <= 1 / static_cast<double>(classes);
}

/// Whether another candidate that came as far as the chosen one was as accurate, so that the loss or the rate
/// decided. Where all diverged the least rate was taken, whatever the accuracies.
bool is_tie(const RateSearchOutcome& search) {
  const RateCandidate& left = search.best();
  const auto is_as_good = [&left](const RateCandidate& of) {
    return of.scores.size() == left.scores.size() && !of.diverged() &&
           of.scores.back().correct == left.scores.back().correct;
  };
  return !left.diverged() &&
         std::count_if(search.candidates.begin(), search.candidates.end(), is_as_good) > 1;
}

Searches searches_of(const Arm& arm, std::int64_t classes) {
  Searches result;
  for (const TrainingOutcome& outcome : arm.evidence.draws) {
    if (outcome.search) {
      result.rates.push_back(outcome.search->best().rate);
      result.accuracies.push_back(outcome.search->best().scores.back().accuracy());
      result.candidates += std::ssize(outcome.search->candidates);
      result.diverged += outcome.search->diverged();
      result.all_diverged += outcome.search->all_diverged() ? 1 : 0;
      result.ties += is_tie(*outcome.search) ? 1 : 0;
      result.near_chance += is_near_chance(outcome.search->best().scores.back(), classes) ? 1 : 0;
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

/// Marks a row whose choices mean little; "-" where none does.
std::string doubts_text(const Searches& searches) {
  const auto trainings = searches.rates.size();
  std::string marks;
  if (searches.ties > 0) {
    marks = text("learning-rates.tied", "searches"_a = searches.ties, "trainings"_a = trainings);
  }
  if (searches.near_chance > 0) {
    marks += marks.empty() ? "" : "; ";
    marks +=
        text("learning-rates.near-chance", "searches"_a = searches.near_chance, "trainings"_a = trainings);
  }
  return marks.empty() ? "-" : marks;
}

std::vector<std::string> row(const Condition& condition, const Arm& arm) {
  std::vector<std::string> result{name(condition), std::string(name(arm.rule)), fmt::format("{}", arm.s)};
  const Searches searches = searches_of(arm, class_count(build(condition.network)));
  if (searches.rates.empty()) {
    const GivenRate given = given_rate(condition, arm.s);
    for (const std::string& cell :
         {fmt::format("{}", given.rate),
          given.own             ? text("learning-rates.own")
          : given.published_for ? text("learning-rates.published", "s"_a = *given.published_for)
                                : text("learning-rates.not-published"),
          std::string("-"), std::string("-"), std::string("-")}) {
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
        fmt::format("{:.4f}", *quantile(searches.accuracies, 0.5)), doubts_text(searches),
        diverged_text(searches)}) {
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
  table.caption = text("learning-rates.caption", "confidence_percent"_a = verdict_rules::confidence_percent);
  table.columns = {"trained", "rule",    "s", "learning rate", "from", "validation accuracy",
                   "mind",    "diverged"};
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
