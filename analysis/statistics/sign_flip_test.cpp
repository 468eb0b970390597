#include "analysis/statistics/sign_flip_test.hpp"

#include "fixtures/random/split_mix64.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace relu0 {

namespace {

constexpr std::size_t most_exact = 16;

/// The sum with the sign of difference i turned where bit i is set, always in the same order, so that equal
/// signs give equal sums.
template <typename IsTurned>
double signed_sum(const std::vector<double>& differences, const IsTurned& is_turned) {
  double sum = 0;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    sum += is_turned(i) ? -differences[i] : differences[i];
  }
  return sum;
}

}  // namespace

SignFlipTest sign_flip_test(const std::vector<double>& differences, std::int64_t permutations,
                            std::uint64_t seed) {
  if (permutations < 1 || !std::all_of(differences.begin(), differences.end(),
                                       [](double difference) { return std::isfinite(difference); })) {
    throw std::invalid_argument("a sign-flip test needs finite differences and at least one permutation");
  }
  if (differences.empty()) {
    return {};
  }
  const double observed = signed_sum(differences, [](std::size_t) { return false; });
  double scale = 0;
  for (const double difference : differences) {
    scale += std::abs(difference);
  }
  // Sums that would be equal but for rounding count as equal: each is within n · 2^-53 of Σ |d|.
  const double rounding = static_cast<double>(differences.size()) * 0x1p-52 * scale;
  const bool exact = differences.size() <= most_exact;
  const std::int64_t count = exact ? std::int64_t{1} << differences.size() : permutations;
  std::int64_t above = exact ? 0 : 1;
  std::int64_t below = exact ? 0 : 1;
  SplitMix64 random(seed);
  for (std::int64_t i = 0; i < count; ++i) {
    const double sum = signed_sum(differences, [&](std::size_t place) {
      return exact ? ((i >> place) & 1) != 0 : random.next() >> 63U != 0;
    });
    above += sum >= observed - rounding ? 1 : 0;
    below += sum <= observed + rounding ? 1 : 0;
  }
  const auto total = static_cast<double>(exact ? count : count + 1);
  return {.p_above = static_cast<double>(above) / total, .p_below = static_cast<double>(below) / total};
}

}  // namespace relu0
