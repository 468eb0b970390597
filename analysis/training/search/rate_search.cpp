#include "analysis/training/search/rate_search.hpp"

#include "fixtures/error.hpp"
#include "fixtures/random/counter_draws.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <tuple>

#include <fmt/format.h>

namespace relu0 {

namespace {

/// Tells the draws of learning rates from others of the same seed.
constexpr std::uint64_t for_candidates = 0x7261746573;

std::int64_t divided_up(std::int64_t count) {
  return (count + RateSearchOptions::factor - 1) / RateSearchOptions::factor;
}

/// Whether the search goes on with a rather than with b.
bool is_better(const RateCandidate& a, const RateCandidate& b) {
  const auto rank = [](const RateCandidate& of) {
    const Score& last = of.scores.back();
    return of.diverged() ? std::tuple(1, 0.0, 0.0, of.rate)
                         : std::tuple(0, -last.accuracy(), last.loss, of.rate);
  };
  return rank(a) < rank(b);
}

}  // namespace

bool RateCandidate::diverged() const { return !std::isfinite(scores.back().loss); }

std::int64_t RateSearchOutcome::diverged() const {
  return std::count_if(candidates.begin(), candidates.end(),
                       [](const RateCandidate& of) { return of.diverged(); });
}

bool RateSearchOutcome::all_diverged() const { return diverged() == std::ssize(candidates); }

void check(const RateSearchOptions& options) {
  if (options.candidates < 2 || options.candidates > RateSearchOptions::most_candidates) {
    throw InputError(fmt::format("a search among {} learning rates: needs 2 to {}", options.candidates,
                                 RateSearchOptions::most_candidates));
  }
  if (!(options.lowest > 0) || !(options.highest >= options.lowest) || !std::isfinite(options.highest)) {
    throw InputError(fmt::format("a search of learning rates from {} to {}: needs positive numbers in order",
                                 options.lowest, options.highest));
  }
}

double candidate_rate(const RateSearchOptions& options, std::uint64_t seed, std::int64_t candidate) {
  const double u = CounterDraws{for_candidates, seed}.unit(static_cast<std::uint64_t>(candidate));
  const double rate = options.lowest * std::pow(options.highest / options.lowest, u);
  // Rounded, so that it does not depend on the last digit of a library's pow().
  return std::clamp(std::stod(fmt::format("{:.2e}", rate)), options.lowest, options.highest);
}

std::vector<Rung> rungs_of(const RateSearchOptions& options, std::int64_t steps) {
  std::vector<Rung> rungs;
  for (std::int64_t left = options.candidates; left > 1; left = divided_up(left)) {
    rungs.push_back({.candidates = left});
  }
  for (auto rung = rungs.rbegin(); rung != rungs.rend(); ++rung) {
    steps = divided_up(steps);
    rung->steps = steps;
  }
  // After the same steps the scores are the same: the first of such rungs decides for all of them.
  rungs.erase(std::unique(rungs.begin(), rungs.end(),
                          [](const Rung& a, const Rung& b) { return a.steps == b.steps; }),
              rungs.end());
  return rungs;
}

std::int64_t steps_of_search(const std::vector<Rung>& rungs) {
  std::int64_t total = 0;
  std::int64_t before = 0;
  for (const Rung& rung : rungs) {
    total += rung.candidates * (rung.steps - before);
    before = rung.steps;
  }
  return total;
}

RateSearchOutcome search_rate(const RateSearchOptions& options, std::uint64_t seed, std::int64_t steps,
                              const TrainToRung& train) {
  check(options);
  RateSearchOutcome outcome;
  for (std::int64_t i = 0; i < options.candidates; ++i) {
    outcome.candidates.push_back({.rate = candidate_rate(options, seed, i)});
  }
  std::vector<std::size_t> left(outcome.candidates.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  for (const Rung& rung : rungs_of(options, steps)) {
    left.resize(static_cast<std::size_t>(rung.candidates));
    for (const std::size_t index : left) {
      RateCandidate& candidate = outcome.candidates[index];
      candidate.scores.push_back(
          train(static_cast<std::int64_t>(index), candidate.rate, rung, outcome.rungs.size()));
    }
    std::stable_sort(left.begin(), left.end(), [&outcome](std::size_t a, std::size_t b) {
      return is_better(outcome.candidates[a], outcome.candidates[b]);
    });
    outcome.rungs.push_back(rung.steps);
  }
  outcome.chosen = left.front();
  return outcome;
}

}  // namespace relu0
