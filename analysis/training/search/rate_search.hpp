#pragma once
#include "analysis/training/search/rate_search_outcome.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace relu0 {

/// How a learning rate is searched: candidates are drawn at random and compared by successive halving
/// (Jamieson, Talwalkar, Non-stochastic best arm identification and hyperparameter optimization, 2016,
/// arXiv:1502.07943). All are trained for a few steps, the best third of them for three times as many, and so
/// on, until one is left.
struct RateSearchOptions {
  static constexpr std::int64_t factor = 3;  ///< by which candidates become fewer and trainings longer
  static constexpr std::int64_t most_candidates = 1000;

  std::int64_t candidates = 9;
  double lowest = 1e-4;  ///< of the range that rates are drawn from
  double highest = 1;
};

/// A stage of a search: so many candidates have been trained for so many steps in all.
struct Rung {
  std::int64_t steps = 0;
  std::int64_t candidates = 0;

  bool operator==(const Rung&) const = default;
};

/// Throws InputError for fewer than two candidates, more than most_candidates, and a range that is none of
/// positive numbers.
void check(const RateSearchOptions& options);

/// The learning rate of a candidate, counted from 0: log-uniform in the range, rounded to three significant
/// digits, a function of (range, seed, candidate).
double candidate_rate(const RateSearchOptions& options, std::uint64_t seed, std::int64_t candidate);

/// The rungs of a search for a training of so many steps, at least one: from each to the next a third of the
/// candidates is left, rounded up, and the last one compares those of which one is left after a third of the
/// training's steps, rounded up. The one that is left needs no longer training in the search. Rungs after the
/// same number of steps, which a training of few steps makes, are one: after it as many are left as after the
/// last of them.
std::vector<Rung> rungs_of(const RateSearchOptions& options, std::int64_t steps);

/// Steps that the search takes for all candidates together, each going on from its last rung.
std::int64_t steps_of_search(const std::vector<Rung>& rungs);

/// Trains a candidate, counted from 0, on from where it was, until it has taken rung.steps in all, and
/// returns its score on images that it was not trained on. `index`: the rung, counted from 0.
using TrainToRung =
    std::function<Score(std::int64_t candidate, double rate, const Rung& rung, std::size_t index)>;

/// Searches the learning rate of a training of so many steps. At a rung those go on whose loss is finite
/// before those whose is not; among the former those of the highest accuracy, then of the least loss; then
/// those of the least rate. Throws as check() does, and what `train` throws.
RateSearchOutcome search_rate(const RateSearchOptions& options, std::uint64_t seed, std::int64_t steps,
                              const TrainToRung& train);

}  // namespace relu0
