#include "analysis/training/search/rate_search.hpp"

#include "suites/tests/input_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Score score(std::int64_t correct, double loss) { return {.loss = loss, .correct = correct, .images = 1000}; }

/// The nearer a rate is to the best one, on a logarithmic scale, the more images are classified correctly.
TrainToRung planted(double best) {
  return [best](std::int64_t /*candidate*/, double rate, const Rung& rung, std::size_t /*index*/) {
    const double distance = std::abs(std::log(rate / best));
    return score(static_cast<std::int64_t>(1000 / (1 + distance)),
                 distance / static_cast<double>(rung.steps));
  };
}

std::vector<double> rates_of(const RateSearchOutcome& outcome) {
  std::vector<double> rates;
  for (const RateCandidate& candidate : outcome.candidates) {
    rates.push_back(candidate.rate);
  }
  return rates;
}

TEST(RateSearch, HasRungsThatThinTheCandidatesByThree) {
  EXPECT_THAT(rungs_of({.candidates = 9}, 900), ElementsAre(Rung{100, 9}, Rung{300, 3}));
  EXPECT_THAT(rungs_of({.candidates = 10}, 900), ElementsAre(Rung{34, 10}, Rung{100, 4}, Rung{300, 2}));
  EXPECT_THAT(rungs_of({.candidates = 2}, 7), ElementsAre(Rung{3, 2}));
  EXPECT_THAT(rungs_of({.candidates = 27}, 1), ElementsAre(Rung{1, 27}));
  EXPECT_THAT(rungs_of({.candidates = 27}, 4), ElementsAre(Rung{1, 27}, Rung{2, 3}));
  EXPECT_EQ(steps_of_search(rungs_of({.candidates = 9}, 900)), 9 * 100 + 3 * 200);
  EXPECT_EQ(steps_of_search(rungs_of({.candidates = 27}, 1)), 27);
}

TEST(RateSearch, TrainsEachCandidateFromRungToRung) {
  std::map<std::int64_t, std::vector<std::int64_t>> trained;
  const RateSearchOptions options{.candidates = 10};
  const RateSearchOutcome outcome = search_rate(
      options, 3, 900, [&](std::int64_t candidate, double rate, const Rung& rung, std::size_t index) {
        EXPECT_EQ(rate, candidate_rate(options, 3, candidate));
        EXPECT_EQ(index, trained[candidate].size());
        trained[candidate].push_back(rung.steps);
        return score(100 + candidate, 1);
      });
  EXPECT_THAT(outcome.rungs, ElementsAre(34, 100, 300));
  EXPECT_EQ(outcome.chosen, 9U);
  for (const auto& [candidate, steps] : trained) {
    const std::vector<std::int64_t> all{34, 100, 300};
    const std::size_t reached = candidate >= 8 ? 3 : candidate >= 6 ? 2 : 1;
    EXPECT_EQ(steps,
              std::vector<std::int64_t>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(reached)))
        << candidate;
    EXPECT_EQ(outcome.candidates[static_cast<std::size_t>(candidate)].scores.size(), reached);
  }
}

TEST(RateSearch, FindsThePlantedRate) {
  for (const double best : {2e-4, 0.003, 0.05, 0.9}) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const RateSearchOutcome outcome = search_rate({.candidates = 27}, seed, 1000, planted(best));
      const std::vector<double> rates = rates_of(outcome);
      const double nearest = *std::min_element(rates.begin(), rates.end(), [best](double a, double b) {
        return std::abs(std::log(a / best)) < std::abs(std::log(b / best));
      });
      EXPECT_EQ(outcome.best().rate, nearest) << best << ", seed " << seed;
    }
  }
}

// Each decade of 10,000 rates, log-uniform from 10^-4 to 1, holds a binomial number of mean 2,500 and
// deviation 43.3; beyond 5.5 deviations lie, by Hoeffding's bound 2 exp(-2 · 238² / 10,000) for each of the
// four, fewer than 1 in 10,000 such tests, and the seeds are fixed.
TEST(RateSearch, DrawsLogUniformly) {
  const RateSearchOptions options;
  std::map<int, int> decades;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (std::int64_t candidate = 0; candidate < 100; ++candidate) {
      const double rate = candidate_rate(options, seed, candidate);
      ASSERT_GE(rate, options.lowest);
      ASSERT_LE(rate, options.highest);
      ++decades[static_cast<int>(std::floor(std::log10(rate)))];
    }
  }
  for (const int decade : {-4, -3, -2, -1}) {
    EXPECT_NEAR(decades[decade], 2500, 238) << decade;
  }
}

// As a Python program of SplitMix64 has them.
TEST(RateSearch, DrawsTheSameRatesForever) {
  const RateSearchOptions options;
  std::vector<double> rates;
  for (std::int64_t candidate = 0; candidate < 4; ++candidate) {
    rates.push_back(candidate_rate(options, 1, candidate));
  }
  EXPECT_THAT(rates, ElementsAre(0.000184, 0.000305, 0.59, 0.946));
  std::set<double> others;
  for (std::uint64_t seed = 1; seed < 30; ++seed) {
    others.insert(candidate_rate(options, seed, 0));
  }
  EXPECT_EQ(others.size(), 29U);
}

TEST(RateSearch, BreaksTiesByLossThenByTheLeastRate) {
  const auto chosen = [](const std::vector<Score>& scores) {
    const RateSearchOutcome outcome =
        search_rate({.candidates = 3}, 4, 30,
                    [&scores](std::int64_t candidate, double /*rate*/, const Rung& /*rung*/,
                              std::size_t /*index*/) { return scores[static_cast<std::size_t>(candidate)]; });
    return outcome;
  };
  EXPECT_EQ(chosen({score(500, 0.1), score(501, 9), score(500, 0.2)}).chosen, 1U) << "accuracy before loss";
  EXPECT_EQ(chosen({score(500, 0.3), score(500, 0.2), score(500, 0.1)}).chosen, 2U);
  const RateSearchOutcome tie = chosen(std::vector<Score>(3, score(500, 0.3)));
  const std::vector<double> rates = rates_of(tie);
  EXPECT_EQ(tie.best().rate, *std::min_element(rates.begin(), rates.end()));
  EXPECT_EQ(tie.diverged(), 0);
}

TEST(RateSearch, PrefersAnyCandidateThatIsFinite) {
  const RateSearchOutcome outcome =
      search_rate({.candidates = 3}, 4, 30,
                  [](std::int64_t candidate, double /*rate*/, const Rung& /*rung*/, std::size_t /*index*/) {
                    return candidate == 1 ? score(1, 50) : score(900, candidate == 0 ? nan : HUGE_VAL);
                  });
  EXPECT_EQ(outcome.chosen, 1U);
  EXPECT_EQ(outcome.diverged(), 2);
  EXPECT_FALSE(outcome.all_diverged());
}

TEST(RateSearch, SaysWhereAllDiverge) {
  const RateSearchOutcome outcome = search_rate(
      {}, 4, 300, [](std::int64_t candidate, double /*rate*/, const Rung& /*rung*/, std::size_t /*index*/) {
        return score(100 + candidate, nan);
      });
  EXPECT_TRUE(outcome.all_diverged());
  EXPECT_EQ(outcome.diverged(), 9);
  const std::vector<double> rates = rates_of(outcome);
  EXPECT_EQ(outcome.best().rate, *std::min_element(rates.begin(), rates.end()));
}

TEST(RateSearch, RefusesWhatMakesNoSense) {
  EXPECT_THAT(test::input_error_of([] { check(RateSearchOptions{.candidates = 1}); }),
              HasSubstr("among 1 learning rates: needs 2 to 1000"));
  EXPECT_THAT(test::input_error_of([] { check(RateSearchOptions{.candidates = 1001}); }), HasSubstr("1001"));
  for (const auto& [lowest, highest] :
       {std::pair(0.0, 1.0), std::pair(-1.0, 1.0), std::pair(1.0, 0.5), std::pair(1.0, double{HUGE_VAL}),
        std::pair(nan, 1.0), std::pair(1.0, nan)}) {
    EXPECT_THAT(test::input_error_of([&, low = lowest, high = highest] {
                  check(RateSearchOptions{.lowest = low, .highest = high});
                }),
                HasSubstr("positive numbers in order"))
        << lowest << ", " << highest;
  }
}

}  // namespace
}  // namespace relu0
