#include "analysis/statistics/trend_test.hpp"

#include "analysis/statistics/rank_sum.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <stdexcept>

namespace relu0 {

namespace {

/// probabilities[v]: the probability of the value v.
using Distribution = std::vector<double>;

Distribution convolve(const Distribution& a, const Distribution& b) {
  Distribution sum(a.size() + b.size() - 1, 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      sum[i + j] += a[i] * b[j];
    }
  }
  return sum;
}

}  // namespace

TrendTest blocked_trend_test(const std::vector<std::vector<bool>>& outcomes) {
  if (outcomes.empty()) {
    return {};
  }
  const std::size_t levels = outcomes.front().size();
  std::map<std::size_t, Distribution> by_chosen;
  Distribution null{1};
  std::size_t observed = 0;
  for (const auto& block : outcomes) {
    if (block.size() != levels) {
      throw std::invalid_argument("blocked_trend_test: blocks of different lengths");
    }
    std::size_t chosen = 0;
    for (std::size_t level = 0; level < levels; ++level) {
      chosen += block[level] ? 1 : 0;
      observed += block[level] ? level : 0;
    }
    if (!by_chosen.contains(chosen)) {
      by_chosen[chosen] = sum_of_chosen(levels, chosen);
    }
    null = convolve(null, by_chosen[chosen]);
  }
  const auto at = null.begin() + static_cast<std::ptrdiff_t>(observed);
  return {.p_increase = std::min(1.0, std::accumulate(at, null.end(), 0.0)),
          .p_decrease = std::min(1.0, std::accumulate(null.begin(), at + 1, 0.0))};
}

}  // namespace relu0
