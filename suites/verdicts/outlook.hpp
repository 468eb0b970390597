#pragma once
#include "reports/model/finding.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace relu0::verdict_rules {

/// How far ahead an outlook looks, in trials.
inline constexpr std::int64_t farthest_outlook = 1'000'000;

/// The least number of further trials after which there is a verdict, reproduced or not, at the rate seen so
/// far; absent beyond farthest_outlook. after: Decision::after. By doubling, then bisection: a verdict that
/// comes and goes on the way, as a count is rounded, may be passed over.
std::optional<std::int64_t> trials_needed(const std::function<Verdict(std::int64_t more)>& after);

/// What a row that stays open says: `why`, and what it would take. seconds: for all those draws. most: draws
/// that the run may make in a setting; left: of these, not made yet.
struct OpenRow {
  std::string why;
  std::optional<std::int64_t> more_draws;
  bool too_few_to_tell = false;  ///< where more_draws is absent: what was seen does not tell that none decide
  bool only_at_planned_number = false;  ///< as Outlook's; it takes all that are left then
  double seconds = 0;
  std::int64_t most = 0;
  std::int64_t left = 0;
};
std::string in_words(const OpenRow& row);

}  // namespace relu0::verdict_rules
