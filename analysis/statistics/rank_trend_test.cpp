#include "analysis/statistics/rank_trend_test.hpp"

#include "fixtures/random/shuffle.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

namespace relu0 {

namespace {

using Blocks = std::vector<std::vector<double>>;

/// Sums of multiples of 1/2, which are exact.
double trend_statistic(const Blocks& ranks, const std::vector<double>& places) {
  double sum = 0;
  for (const auto& block : ranks) {
    for (std::size_t level = 0; level < places.size(); ++level) {
      sum += places[level] * block[level];
    }
  }
  return sum;
}

void check(const Blocks& values, const std::vector<double>& places, std::int64_t permutations) {
  const bool fits = std::all_of(values.begin(), values.end(), [&](const auto& block) {
    return block.size() == places.size() &&
           std::none_of(block.begin(), block.end(), [](double value) { return std::isnan(value); });
  });
  if (!fits || permutations < 1) {
    throw std::invalid_argument(
        "a trend test needs blocks of as many values as there are places, none a NaN, and a permutation");
  }
}

}  // namespace

std::vector<double> middle_ranks(const std::vector<double>& values) {
  std::vector<double> ranks;
  for (const double value : values) {
    const auto below = std::count_if(values.begin(), values.end(), [value](double of) { return of < value; });
    const auto equal = std::count(values.begin(), values.end(), value);
    ranks.push_back(static_cast<double>(below) + static_cast<double>(equal + 1) / 2);
  }
  return ranks;
}

TrendTest blocked_rank_trend_test(const Blocks& values, const std::vector<double>& places,
                                  std::int64_t permutations, std::uint64_t seed) {
  check(values, places, permutations);
  if (values.empty() || std::set<double>(places.begin(), places.end()).size() < 2) {
    return {};
  }
  // The ranks of the places: how far apart these lie does not count.
  const std::vector<double> ranked = middle_ranks(places);
  Blocks ranks;
  std::transform(values.begin(), values.end(), std::back_inserter(ranks), middle_ranks);
  const double observed = trend_statistic(ranks, ranked);
  SplitMix64 random(seed);
  std::int64_t as_high = 0;
  std::int64_t as_low = 0;
  for (std::int64_t i = 0; i < permutations; ++i) {
    for (auto& block : ranks) {
      shuffle(block, random);
    }
    const double statistic = trend_statistic(ranks, ranked);
    as_high += statistic >= observed ? 1 : 0;
    as_low += statistic <= observed ? 1 : 0;
  }
  const auto p = [permutations](std::int64_t extreme) {
    return static_cast<double>(1 + extreme) / static_cast<double>(1 + permutations);
  };
  return {.p_increase = p(as_high), .p_decrease = p(as_low)};
}

}  // namespace relu0
