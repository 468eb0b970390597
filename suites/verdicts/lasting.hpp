#pragma once
#include "analysis/statistics/anytime/trend.hpp"
#include "analysis/statistics/sampling.hpp"
#include "suites/verdicts/verdict_rules.hpp"

#include <cstdint>
#include <functional>
#include <string>

/// Decisions that stand although the results may have decided how many draws there are.
namespace relu0::verdict_rules {

/// With so many trials more, at the rate seen so far, rounded to whole successes. measured.trials must be >
/// 0.
Proportion with_more(Proportion measured, std::int64_t trials);

/// The same decision, marked as that of the anytime form of `rule` on these counts, where the sampling is
/// that and something was measured.
Decision lasting(Decision decision, Proportion measured, Sampling sampling,
                 const std::function<Decision(Proportion)>& rule);

/// The same for decisions on outcomes over ordered levels, which count draws.
struct LevelCounts {
  anytime::TrendCounts trend;
  PairedCounts first_against_last;

  /// Counts outcomes[draw][level].
  static LevelCounts of(const std::vector<std::vector<bool>>& outcomes);
  /// With so many draws more, at the rates seen so far, each count rounded.
  [[nodiscard]] LevelCounts with_more(std::int64_t draws) const;
};
Decision lasting(Decision decision, const LevelCounts& measured, Sampling sampling,
                 const std::function<Decision(const LevelCounts&)>& rule);

/// The decision that replaces any other where its rule has no anytime form, the results may have decided how
/// many draws there are, and these are not all `planned` ones.
Decision only_at_planned_number(const std::string& rule, std::int64_t draws, std::int64_t planned);

/// What a rule's statement says where its anytime form was used.
std::string anytime_rule(const std::string& rule);

}  // namespace relu0::verdict_rules
