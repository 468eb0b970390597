#include "analysis/statistics/homogeneity_test.hpp"

#include "fixtures/random/split_mix64.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

using Counts = std::vector<std::vector<std::int64_t>>;

/// Written apart from what it tests: the squared deviations of the totals from their mean.
double spread(const Counts& counts) {
  const std::size_t treatments = counts.front().size();
  std::vector<double> totals(treatments);
  double mean = 0;
  for (const auto& block : counts) {
    for (std::size_t i = 0; i < treatments; ++i) {
      totals[i] += static_cast<double>(block[i]);
      mean += static_cast<double>(block[i]) / static_cast<double>(treatments);
    }
  }
  double sum = 0;
  for (const double total : totals) {
    sum += (total - mean) * (total - mean);
  }
  return sum;
}

/// The exact p-value: all arrangements of every block, of which all are equally likely.
double exact_p(const Counts& observed) {
  Counts counts = observed;
  std::vector<std::vector<std::size_t>> places(counts.size());
  std::int64_t all = 0;
  std::int64_t as_large = 0;
  // Sums of a few small numbers; those that are equal differ by rounding, far below 1e-9.
  const double least = spread(observed) - 1e-9;
  const auto enumerate = [&](auto self, std::size_t block) -> void {
    if (block == counts.size()) {
      ++all;
      as_large += spread(counts) >= least ? 1 : 0;
      return;
    }
    std::vector<std::size_t>& order = places[block];
    order.resize(observed[block].size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    do {
      for (std::size_t i = 0; i < order.size(); ++i) {
        counts[block][i] = observed[block][order[i]];
      }
      self(self, block + 1);
    } while (std::next_permutation(order.begin(), order.end()));
  };
  enumerate(enumerate, 0);
  return static_cast<double>(as_large) / static_cast<double>(all);
}

TEST(HomogeneityTest, AgreesWithTheEnumerationOfAllArrangements) {
  constexpr std::int64_t permutations = 100'000;
  // Hoeffding: a share of n draws is further than this from its mean with a probability below 1e-9.
  const double bound = std::sqrt(std::log(2 / 1e-9) / (2.0 * permutations)) + 1.0 / permutations;
  for (const Counts& counts : {Counts{{5, 0, 1}, {4, 1, 0}, {3, 0, 0}}, Counts{{1, 0, 0, 0}, {1, 0, 0, 0}},
                               Counts{{2, 3}, {0, 4}, {1, 1}, {0, 5}}, Counts{{7, 7, 7}, {0, 0, 0}}}) {
    EXPECT_NEAR(blocked_homogeneity_test(counts, permutations, 7), exact_p(counts), bound);
  }
}

TEST(HomogeneityTest, FindsATreatmentThatCountsMore) {
  const Counts counts(10, {3, 0, 0});
  EXPECT_LT(blocked_homogeneity_test(counts, 9'999, 1), 0.001);
  EXPECT_EQ(blocked_homogeneity_test(counts, 9'999, 1), blocked_homogeneity_test(counts, 9'999, 1));
}

TEST(HomogeneityTest, RejectsSeldomWhereTreatmentsAreAlike) {
  // 400 tests at level 0.05 reject 20 times in the mean; more than 45 times with a probability below 1e-6
  // (Chernoff: exp(−400 · KL(45/400 ‖ 0.05))).
  SplitMix64 random(3);
  int rejected = 0;
  for (int repetition = 0; repetition < 400; ++repetition) {
    Counts counts(6, std::vector<std::int64_t>(4));
    for (auto& block : counts) {
      std::generate(block.begin(), block.end(), [&] { return random.below(4); });
    }
    rejected += blocked_homogeneity_test(counts, 199, static_cast<std::uint64_t>(repetition)) <= 0.05 ? 1 : 0;
  }
  EXPECT_LE(rejected, 45);
  EXPECT_GT(rejected, 0) << "a test that never rejects is none";
}

TEST(HomogeneityTest, TellsNothingFromOneBlockOrOneTreatment) {
  EXPECT_EQ(blocked_homogeneity_test({{9, 0, 0}}, 99, 1), 1);
  EXPECT_EQ(blocked_homogeneity_test({{9}, {3}}, 99, 1), 1);
  EXPECT_EQ(blocked_homogeneity_test({}, 99, 1), 1);
}

TEST(HomogeneityTest, RefusesBlocksOfDifferentLengths) {
  EXPECT_THROW(blocked_homogeneity_test({{1, 2}, {1}}, 99, 1), std::invalid_argument);
  EXPECT_THROW(blocked_homogeneity_test({{1, 2}, {1, 2}}, 0, 1), std::invalid_argument);
}

}  // namespace
}  // namespace relu0
