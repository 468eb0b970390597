#pragma once
#include "analysis/statistics/several_tests.hpp"
#include "analysis/statistics/statistics.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace relu0 {

/// The counts among the values of a draw by their places (JSON pointers): whole numbers; true and false as 1
/// and 0; absent ones (null), which say that something was never met; and the sum of a list of whole numbers.
/// Numbers with a fraction, texts and packed numbers are none.
std::map<std::string, std::optional<std::int64_t>> counts_in(const nlohmann::json& values);

/// A count on two sides, and whether it changed beyond chance.
struct CountTest {
  std::string of;      ///< the measurement in words, or the finding
  std::string count;   ///< the count's place: "/rules/chain-rule/impacted"
  std::string test;    ///< which test, in words
  std::string change;  ///< what was observed: "larger in 12 of 40 draws, smaller in 0"
  DiscreteTest result{};
  /// The smallest p that any outcome of so many draws can have, whatever the counts were: for n draws of the
  /// same θ 2^(1 − n), where all changed in one direction; for others Fisher's p of all against none.
  double least_p = 1;

  /// Whether the count could change beyond chance at this level: with too few draws no change is seen.
  [[nodiscard]] bool has_power(double level) const { return least_p < level; }
};

/// Fisher's exact test of two counts of networks or draws.
CountTest fisher_test(Proportion a, Proportion b);

/// Draws of one measurement, each as counts_in() gives them.
using CountedDraws = std::vector<std::map<std::string, std::optional<std::int64_t>>>;

/// The exact sign test of each count that all draws have; a[i] and b[i] are of the same θ. An absent count
/// comes after every number: what was never met would be met later.
std::vector<CountTest> paired_tests(const std::string& measurement, const CountedDraws& a,
                                    const CountedDraws& b);

/// Fisher's exact test of how many draws have each count, or where all have it, have it other than 0.
std::vector<CountTest> unpaired_tests(const std::string& measurement, const CountedDraws& a,
                                      const CountedDraws& b);

}  // namespace relu0
