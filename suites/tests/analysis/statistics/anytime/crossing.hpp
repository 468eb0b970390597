#pragma once
#include <cstdint>
#include <functional>
#include <vector>

namespace relu0::test {

/// P(log_e ≥ threshold at some n ≤ trials) of independent successes of probability p, by dynamic programming
/// over all paths. log_e depends on the counts alone.
inline double crossing_probability(
    double p, std::int64_t trials, double threshold,
    const std::function<double(std::int64_t successes, std::int64_t n)>& log_e) {
  std::vector<double> paths{1};  // by successes, of the paths that have not crossed
  double crossed = 0;
  for (std::int64_t n = 1; n <= trials; ++n) {
    std::vector<double> next(static_cast<std::size_t>(n) + 1, 0);
    for (std::size_t k = 0; k < paths.size(); ++k) {
      next[k] += paths[k] * (1 - p);
      next[k + 1] += paths[k] * p;
    }
    for (std::size_t k = 0; k < next.size(); ++k) {
      if (next[k] > 0 && log_e(static_cast<std::int64_t>(k), n) >= threshold) {
        crossed += next[k];
        next[k] = 0;
      }
    }
    paths = std::move(next);
  }
  return crossed;
}

}  // namespace relu0::test
