#include "analysis/statistics/homogeneity_test.hpp"

#include "fixtures/random/shuffle.hpp"

#include <algorithm>
#include <stdexcept>

namespace relu0 {

namespace {

using Counts = std::vector<std::vector<std::int64_t>>;

/// A double: exact as long as it is below 2^53, and compared with others of the same rounding beyond.
double statistic(const Counts& counts) {
  double sum = 0;
  for (std::size_t treatment = 0; treatment < counts.front().size(); ++treatment) {
    std::int64_t total = 0;
    for (const auto& block : counts) {
      total += block[treatment];
    }
    sum += static_cast<double>(total) * static_cast<double>(total);
  }
  return sum;
}

}  // namespace

double blocked_homogeneity_test(Counts counts, std::int64_t permutations, std::uint64_t seed) {
  if (permutations < 1 || std::any_of(counts.begin(), counts.end(), [&](const auto& block) {
        return block.size() != counts.front().size();
      })) {
    throw std::invalid_argument(
        "a homogeneity test needs blocks of equal length and at least one permutation");
  }
  if (counts.size() < 2 || counts.front().size() < 2) {
    return 1;
  }
  const double observed = statistic(counts);
  SplitMix64 random(seed);
  std::int64_t as_large = 0;
  for (std::int64_t i = 0; i < permutations; ++i) {
    for (auto& block : counts) {
      shuffle(block, random);
    }
    as_large += statistic(counts) >= observed ? 1 : 0;
  }
  return static_cast<double>(1 + as_large) / static_cast<double>(1 + permutations);
}

}  // namespace relu0
