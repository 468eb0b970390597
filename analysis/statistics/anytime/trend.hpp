#pragma once
#include "analysis/statistics/trend_test.hpp"

#include <cstdint>
#include <vector>

namespace relu0::anytime {

/// What the test for trend needs to know of yes/no outcomes over ordered levels, each draw having been
/// observed once at every level.
struct TrendCounts {
  std::size_t levels = 0;
  /// Σ over draws and levels j = 0 … levels − 1 of j · outcome.
  std::int64_t weighted = 0;
  /// with_yes[c]: draws with c outcomes yes; levels + 1 of them.
  std::vector<std::int64_t> with_yes;

  /// Counts outcomes[draw][level]. Throws std::invalid_argument for draws with different numbers of levels.
  static TrendCounts of(const std::vector<std::vector<bool>>& outcomes);
  [[nodiscard]] std::int64_t draws() const;
};

/// The logarithm of an e-process of blocked_trend_test()'s null hypothesis, that within each draw the
/// outcomes are exchangeable over the levels; large where yes becomes more frequent from the first level to
/// the last. Given its number of yes, c, a draw's Σ j · outcome, S, has a known distribution, of mean E_c
/// exp(λ S) = M_c(λ). So
///
///     Π over draws of exp(λ · S_i) / M_c(i)(λ),        λ > 0,
///
/// is a martingale with mean 1. It is averaged over λ = log((1 + u) / (1 − u)), u by the prior
/// uniform_bets(): then one yes out of two levels is at the second one with probability (1 + u) / 2, uniform
/// on (1/2, 1), and for two levels this is log_e_value_of_growth() with its integral taken by a sum. Valid:
/// at every n at once. 0 (log 1) for no draws.
double log_e_value_of_increase(const TrendCounts& counts);
/// The mirror image: yes becomes rarer.
double log_e_value_of_decrease(const TrendCounts& counts);

/// Both one-sided p-values, anytime-valid.
TrendTest trend_test(const TrendCounts& counts);

}  // namespace relu0::anytime
