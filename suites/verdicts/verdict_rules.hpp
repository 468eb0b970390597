#pragma once
#include "analysis/statistics/statistics.hpp"
#include "analysis/statistics/trend_test.hpp"
#include "reports/model/finding.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// The statistical rules that turn counts into verdicts. Pure functions of counts; each returns its own
/// statement, which the report prints beside the verdict.
namespace relu0::verdict_rules {

/// Confidence of every interval in a report.
inline constexpr double confidence = 0.95;
inline constexpr double confidence_percent = 100 * confidence;
/// Level of every test in a report.
inline constexpr double level = 0.01;

struct Decision {
  Verdict verdict = Verdict::not_run;
  std::string why;
  std::string rule;
};

/// "The gradient depends on s for every θ": no counterexample, and a share below `share` ruled out. Not
/// reproduced when the count differs from the published one (Fisher).
inline constexpr double systematic_share = 0.9;
Decision systematic(Proportion measured, Proportion published);

/// "For no θ": the mirror image.
Decision none(Proportion measured, Proportion published);

/// "For about half of the θ", taken as between one third and two thirds.
inline constexpr Interval about_half{1.0 / 3, 2.0 / 3};
Decision half(Proportion measured);

/// "Grows with": the exact blocked trend test.
Decision grows(const TrendTest& test, std::size_t draws, bool saturated);

/// "Does not depend on": the difference between the two ends of the range, of paired draws, stays within ±
/// margin.
Decision does_not_depend(const TrendTest& test, PairedCounts first_against_last, double margin,
                         const std::string& margin_source);

/// "For almost no θ", where a single one is a counterexample because over the reals its probability is 0.
Decision almost_none(Proportion measured);

/// "For nearly every θ", without a published count: decided by whether the share lies above systematic_share.
Decision nearly_all(Proportion measured);

/// "It happens", where one network that shows it suffices. Not reproduced when a share of 1 −
/// systematic_share is ruled out.
Decision happens(Proportion measured);

/// "So often": whether the rate of events per trial is of the published order, at least a quarter of it.
inline constexpr double published_order = 0.25;
Decision at_least_as_often(Proportion measured, double published_rate);

/// "About so often": whether the rate of events per trial is of the published order, within a factor 1 /
/// published_order of it either way. published_rate > 0.
Decision of_the_same_order(Proportion measured, double published_rate);

/// What is measured where there is no published figure to hold it against.
Decision descriptive(bool measured);

/// "Exact zeros form a zone around θ": whether slices have points of exact 0 besides θ. measured: slices with
/// such points, of all; searched: trainings that looked for a zero.
Decision zone_has_extent(Proportion measured, std::int64_t searched);

/// "There is no zone": the mirror image, with the same arguments.
Decision zone_is_empty(Proportion measured, std::int64_t searched);

/// What a slice that fails its control leaves of any verdict.
Decision zone_control_failed(std::int64_t slices);

/// What elements or zeros that the reference could not decide at its most bits leave of any verdict.
Decision undecided(std::int64_t count, const std::string& of_what, int max_bits);

/// What a non-deterministic control leaves of any verdict.
Decision not_deterministic();

/// "Fisher's exact p = 0.62 against 463/1000: no difference shown at level 0.01".
std::string agreement(Proportion measured, Proportion published);

}  // namespace relu0::verdict_rules
