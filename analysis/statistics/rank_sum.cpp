#include "analysis/statistics/rank_sum.hpp"

#include <algorithm>
#include <numeric>

namespace relu0 {

std::vector<double> sum_of_chosen(std::size_t levels, std::size_t chosen) {
  const std::size_t largest = levels * (levels - 1) / 2;
  // ways[c][v]: choices of c numbers, among those looked at so far, with sum v.
  std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(largest + 1, 0));
  ways[0][0] = 1;
  for (std::size_t level = 0; level < levels; ++level) {
    for (std::size_t c = std::min(chosen, level + 1); c > 0; --c) {
      for (std::size_t v = largest + 1; v-- > level;) {
        ways[c][v] += ways[c - 1][v - level];
      }
    }
  }
  std::vector<double>& result = ways[chosen];
  const double total = std::accumulate(result.begin(), result.end(), 0.0);
  for (double& probability : result) {
    probability /= total;
  }
  return result;
}

}  // namespace relu0
