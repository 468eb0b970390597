#pragma once
#include "analysis/statistics/sampling.hpp"
#include "analysis/statistics/statistics.hpp"
#include "analysis/statistics/trend_test.hpp"
#include "reports/model/finding.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// The statistical rules that turn counts into verdicts. Pure functions of counts; each returns its own
/// statement, which the report prints beside the verdict. A rule that takes a Sampling has a form that is
/// valid at any time: with Sampling::anytime its intervals are confidence sequences and its p-values
/// anytime-valid ones (analysis/statistics/sampling.hpp). The others hold for a number of draws that was
/// fixed beforehand.
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
  /// Whether it stands although the results may have decided how many draws there are.
  bool at_any_time = false;
  /// Whether something has to be measured that it lacks before anything tells how many draws it takes; the
  /// `why` says what.
  bool unseen = false;
  /// Whether, at the rate seen so far, it takes more of the reach to decide (reach.hpp), and no number of
  /// further trials does.
  bool takes_more_reach = false;
  /// The verdict after so many further trials of what the rule counts, at the rate seen so far; of a rule's
  /// anytime form, where something was measured.
  std::function<Verdict(std::int64_t more)> after{};
};

/// "The gradient depends on s for every θ": reproduced when there is no counterexample and a share below
/// systematic_share is ruled out; not reproduced when Fisher's test finds that the count differs from the
/// published one.
inline constexpr double systematic_share = 0.9;
Decision systematic(Proportion measured, Proportion published, Sampling sampling = Sampling::fixed);

/// "The gradient depends on s for no θ": the mirror image of systematic().
Decision none(Proportion measured, Proportion published, Sampling sampling = Sampling::fixed);

/// "The gradient depends on s for about half of the θ", which is taken to mean between one third and two
/// thirds.
inline constexpr Interval about_half{1.0 / 3, 2.0 / 3};
Decision half(Proportion measured, Sampling sampling = Sampling::fixed);

/// "The share grows with the factor": decided by the exact blocked trend test, or any other test of the same
/// hypothesis that is valid for how the draws were sampled (trend_test()). saturated: every draw gave the
/// same at every level, so that there is no trend to find.
Decision grows(const TrendTest& test, std::size_t draws, bool saturated);

/// "The share does not depend on the factor": reproduced when the difference between the two ends of the
/// range, over paired draws, is certain to stay within ± margin. margin_source says where the margin comes
/// from.
Decision does_not_depend(const TrendTest& test, PairedCounts first_against_last, double margin,
                         const std::string& margin_source, Sampling sampling = Sampling::fixed);

/// "The gradient depends on s for almost no θ": a single such θ refutes it, because over the reals its
/// probability is 0.
Decision almost_none(Proportion measured, Sampling sampling = Sampling::fixed);

/// "The gradient depends on s for nearly every θ", where no count is published: decided by whether the share
/// lies above systematic_share.
Decision nearly_all(Proportion measured, Sampling sampling = Sampling::fixed);

/// "It happens": one network that shows it suffices. Not reproduced when a share of 1 − systematic_share is
/// ruled out.
Decision happens(Proportion measured, Sampling sampling = Sampling::fixed);

/// "It happens at least this often": reproduced when the rate of events per trial is at least a quarter of
/// the published one (published_order).
inline constexpr double published_order = 0.25;
Decision at_least_as_often(Proportion measured, double published_rate, Sampling sampling = Sampling::fixed);

/// "It happens about this often": reproduced when the rate of events per trial lies within a factor 1 /
/// published_order of the published one, in either direction. published_rate must be > 0.
Decision of_the_same_order(Proportion measured, double published_rate, Sampling sampling = Sampling::fixed);

/// The same where not one event was published among `published_trials` (> 0), which leaves the published rate
/// no lower end: never reproduced; not reproduced when the rate lies above 1 / published_order times the
/// upper end of the interval of the published one.
Decision of_the_same_order_as_none(Proportion measured, std::int64_t published_trials,
                                   Sampling sampling = Sampling::fixed);

/// "The rate does not depend on the kernel": kernels by kernel, the events of each among the same trials.
/// Not reproduced when the test of homogeneity rejects (p < level). Reproduced when it does not, and every
/// kernel's interval lies within a factor 1 / published_order of the rate of all of them together; the
/// intervals hold at once with `confidence` (Bonferroni). p: blocked_homogeneity_test() over `networks`.
Decision independent_of_kernel(double p, const std::vector<Proportion>& kernels, std::int64_t networks);

/// The decision where there is no published figure to compare with: measured, once something was.
Decision descriptive(bool measured);

/// The decision on slices around zeros that trainings met: `decision`, that of a rule on the slices, or where
/// there is no slice what replaces it. searched: trainings that looked for a zero.
Decision of_slices(Decision decision, std::int64_t slices, std::int64_t searched);

/// The decision that replaces any other when a slice failed its control.
Decision zone_control_failed(std::int64_t slices);

/// The decision that replaces any other when the reference could not decide some elements or zeros. of_what
/// names them: "elements of gradients". bits: the most that a run of theirs had; where they are fewer than
/// the run allowed, more would have taken more memory than the reference may.
Decision undecided(std::int64_t count, const std::string& of_what, int bits, int allowed_bits);

/// The decision that replaces any other when the control was not deterministic.
Decision not_deterministic();

/// "Fisher's exact p = 0.62 against 463/1000: no difference shown at level 0.01".
std::string agreement(Proportion measured, Proportion published);

}  // namespace relu0::verdict_rules
