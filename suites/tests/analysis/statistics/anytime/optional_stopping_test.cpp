// Coverage under optional stopping, by simulation. Every rule stops as soon as it likes what it sees, at any
// of the first `most` draws; what it then reports must be wrong no more often than stated. The seeds are
// fixed. A bound on how often it was wrong is the smallest number that a binomial variable of the stated
// probability exceeds with probability at most 1e-6: so rarely would a correct rule fail the test with
// another seed.
#include "analysis/statistics/anytime/bounded_mean.hpp"
#include "analysis/statistics/anytime/e_value.hpp"
#include "analysis/statistics/anytime/paired.hpp"
#include "analysis/statistics/anytime/share.hpp"
#include "analysis/statistics/anytime/trend.hpp"
#include "fixtures/random/split_mix64.hpp"

#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <boost/math/distributions/binomial.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace relu0::anytime {
namespace {

constexpr std::int64_t runs = 10'000;
constexpr double false_alarm = 1e-6;

/// The smallest count that is exceeded with probability at most 1e-6.
std::int64_t allowed(double level) {
  const boost::math::binomial_distribution<> wrong(static_cast<double>(runs), level);
  std::int64_t count = 0;
  while (boost::math::cdf(boost::math::complement(wrong, static_cast<double>(count))) > false_alarm) {
    ++count;
  }
  return count;
}

double uniform(SplitMix64& random) { return static_cast<double>(random.next() >> 11) * 0x1p-53; }

/// wrong(random): whether one run reported what is not so.
void expect_at_most(double level, const std::string& rule, std::uint64_t seed,
                    const std::function<bool(SplitMix64&)>& wrong) {
  std::int64_t count = 0;
  SplitMix64 random(seed);
  for (std::int64_t run = 0; run < runs; ++run) {
    count += wrong(random) ? 1 : 0;
  }
  fmt::print("{}: wrong in {} of {} runs, stated at most {:.4g}, test allows {}\n", rule, count, runs,
             level * runs, allowed(level));
  ::testing::Test::RecordProperty(rule, std::to_string(count));
  EXPECT_LE(count, allowed(level)) << rule;
}

/// A run that stops at the first draw of `most` at which it may report.
bool stops(std::int64_t most, SplitMix64& random, const std::function<bool(SplitMix64&)>& may_report_after) {
  for (std::int64_t n = 1; n <= most; ++n) {
    if (may_report_after(random)) {
      return true;
    }
  }
  return false;
}

/// What a rule says of counts, each of which it is asked of once only, however many runs meet them.
template <std::size_t Size>
class Answers {
 public:
  using Counts = std::array<std::int64_t, Size>;
  explicit Answers(std::function<bool(const Counts&)> rule) : rule_(std::move(rule)) {}

  bool operator()(const Counts& counts) {
    const auto [known, is_new] = answers_.try_emplace(counts);
    if (is_new) {
      known->second = rule_(counts);
    }
    return known->second;
  }

 private:
  std::function<bool(const Counts&)> rule_;
  std::map<Counts, bool> answers_;
};

/// Successes of probability p, drawn until `reports`, at the latest after `most` of them.
struct Shares {
  double p;
  std::int64_t most;
  std::function<bool(Proportion)> reports;

  /// Whether a run reported at all. reports() is asked once for each pair of counts, beforehand.
  [[nodiscard]] std::function<bool(SplitMix64&)> run() const {
    std::vector<std::vector<bool>> reported(static_cast<std::size_t>(most) + 1);
    for (std::int64_t n = 1; n <= most; ++n) {
      for (std::int64_t k = 0; k <= n; ++k) {
        reported[static_cast<std::size_t>(n)].push_back(reports({k, n}));
      }
    }
    return [p = p, most = most, reported](SplitMix64& random) {
      std::size_t k = 0;
      for (std::size_t n = 1; n <= static_cast<std::size_t>(most); ++n) {
        k += uniform(random) < p ? 1 : 0;
        if (reported[n][k]) {
          return true;
        }
      }
      return false;
    };
  }
};

TEST(OptionalStopping, DoesNotCostAShareItsCoverage) {
  const double threshold = std::log(40.0);
  for (const double p : {0.01, 0.1, 0.463, 0.9}) {
    // Stops as soon as the truth is excluded: the worst that a rule can do.
    const auto excluded = [=](Proportion counts) {
      return log_e_value_above(counts, p) >= threshold || log_e_value_below(counts, p) >= threshold;
    };
    expect_at_most(0.05, fmt::format("share {}: excluded at some n", p), 1, Shares{p, 400, excluded}.run());
  }
}

TEST(OptionalStopping, DoesNotCostAShareItsCoverageWhenItStopsBecauseItLooksGood) {
  // Stops as soon as the share seen is two standard deviations off, and then reports the interval.
  const double p = 0.3;
  expect_at_most(0.05, "share 0.3: reported when the share seen is far off", 2, [p](SplitMix64& random) {
    Proportion counts;
    stops(300, random, [&](SplitMix64& next) {
      ++counts.trials;
      counts.successes += uniform(next) < p ? 1 : 0;
      const double deviation = std::sqrt(p * (1 - p) / static_cast<double>(counts.trials));
      return counts.trials >= 10 && std::abs(*counts.estimate() - p) > 2 * deviation;
    });
    const Interval reported = share_sequence(counts, 0.95);
    return reported.low > p || reported.high < p;
  });
}

TEST(OptionalStopping, DoesNotCostARuleThatWaitsForItsVerdict) {
  const double threshold = std::log(40.0);
  // The truth is at the edge of what is claimed, "between one third and two thirds".
  const auto about_half = [=](Proportion counts) {
    return log_e_value_above(counts, 1.0 / 3) >= threshold && log_e_value_below(counts, 2.0 / 3) >= threshold;
  };
  expect_at_most(0.025, "about half, truth 1/3: decided for it", 3, Shares{1.0 / 3, 400, about_half}.run());
  const auto nearly_all = [=](Proportion counts) { return log_e_value_above(counts, 0.9) >= threshold; };
  expect_at_most(0.025, "nearly all, truth 0.9: decided for it", 4, Shares{0.9, 600, nearly_all}.run());
}

TEST(OptionalStopping, DoesNotCostAMeanItsCoverage) {
  // Values 0, 1/4 and 1.
  const double mean = 0.3 * 0.25 + 0.2;
  Answers<3> excluded([mean](const std::array<std::int64_t, 3>& counts) {
    const std::vector<DrawnValue> values{{0, counts[0]}, {0.25, counts[1]}, {1, counts[2]}};
    return log_e_value_of_mean_above(values, mean) >= std::log(40.0) ||
           log_e_value_of_mean_below(values, mean) >= std::log(40.0);
  });
  expect_at_most(0.05, "mean of three values: excluded at some n", 5, [&](SplitMix64& random) {
    std::array<std::int64_t, 3> counts{};
    return stops(120, random, [&](SplitMix64& next) {
      const double u = uniform(next);
      ++counts[u < 0.5 ? 0 : u < 0.8 ? 1 : 2];
      return excluded(counts);
    });
  });
}

/// A pair of which the first alone is yes with probability `first`, the second alone with `second`.
void add_pair(double first, double second, SplitMix64& random, PairedCounts& counts) {
  const double u = uniform(random);
  ++counts.draws;
  counts.only_first += u < first ? 1 : 0;
  counts.only_second += u >= first && u < first + second ? 1 : 0;
}

TEST(OptionalStopping, DoesNotCostPairsTheirLevel) {
  // It depends on the discordant draws alone.
  Answers<2> grows([](const std::array<std::int64_t, 2>& only) {
    return p_value(log_e_value_of_growth({only[0], only[1], only[0] + only[1]})) < 0.01;
  });
  expect_at_most(0.01, "grows, where it does not: decided for it", 6, [&](SplitMix64& random) {
    PairedCounts counts;
    return stops(500, random, [&](SplitMix64& next) {
      add_pair(0.2, 0.2, next, counts);
      return grows({counts.only_first, counts.only_second});
    });
  });
  Answers<3> within([](const std::array<std::int64_t, 3>& of) {
    return p_value(log_e_value_of_equivalence({of[0], of[1], of[2]}, 0.137)) < 0.025;
  });
  expect_at_most(0.025, "within a margin, where it is at it: decided for it", 7, [&](SplitMix64& random) {
    PairedCounts counts;
    return stops(160, random, [&](SplitMix64& next) {
      add_pair(0.25, 0.113, next, counts);
      return within({counts.only_first, counts.only_second, counts.draws});
    });
  });
}

/// A draw at levels that are yes with probability 0.3 each, whatever the level: exchangeable.
void add_exchangeable(SplitMix64& random, TrendCounts& counts) {
  std::size_t yes = 0;
  for (std::int64_t level = 0; level < static_cast<std::int64_t>(counts.levels); ++level) {
    if (uniform(random) < 0.3) {
      ++yes;
      counts.weighted += level;
    }
  }
  ++counts.with_yes[yes];
}

TEST(OptionalStopping, DoesNotCostATrendItsLevel) {
  Answers<5> rises([](const std::array<std::int64_t, 5>& of) {
    const TrendCounts counts{.levels = 3, .weighted = of[0], .with_yes = {of[1], of[2], of[3], of[4]}};
    return p_value(log_e_value_of_increase(counts)) < 0.01;
  });
  expect_at_most(0.01, "trend over three levels, where there is none: decided for it", 8,
                 [&](SplitMix64& random) {
                   TrendCounts counts{.levels = 3, .weighted = 0, .with_yes = std::vector<std::int64_t>(4)};
                   return stops(40, random, [&](SplitMix64& next) {
                     add_exchangeable(next, counts);
                     const std::vector<std::int64_t>& yes = counts.with_yes;
                     return rises({counts.weighted, yes[0], yes[1], yes[2], yes[3]});
                   });
                 });
  expect_at_most(0.01, "trend over five levels, where there is none: decided for it", 10,
                 [](SplitMix64& random) {
                   // Looked at after every twentieth draw: hardly two runs meet the same counts, so that each
                   // look is computed.
                   TrendCounts counts{.levels = 5, .weighted = 0, .with_yes = std::vector<std::int64_t>(6)};
                   std::int64_t n = 0;
                   return stops(60, random, [&](SplitMix64& next) {
                     add_exchangeable(next, counts);
                     return ++n % 20 == 0 && p_value(log_e_value_of_increase(counts)) < 0.01;
                   });
                 });
}

TEST(OptionalStopping, WouldCostAFixedIntervalItsCoverage) {
  // The same test finds an interval for a fixed number of draws wanting, so that it can fail.
  SplitMix64 random(9);
  std::int64_t wrong = 0;
  constexpr std::int64_t fewer_runs = 500;
  for (std::int64_t run = 0; run < fewer_runs; ++run) {
    Proportion counts;
    const bool is_wrong = stops(400, random, [&](SplitMix64& next) {
      ++counts.trials;
      counts.successes += uniform(next) < 0.463 ? 1 : 0;
      const Interval interval = clopper_pearson(counts, 0.95);
      return interval.low > 0.463 || interval.high < 0.463;
    });
    wrong += is_wrong ? 1 : 0;
  }
  EXPECT_GT(wrong, fewer_runs / 10);
}

}  // namespace
}  // namespace relu0::anytime
