#pragma once
#include "analysis/gate/measured.hpp"
#include "fixtures/network/precision.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

/// @file
/// The limits that a gate's policy may set, each with its default and where that comes from.
namespace relu0::gate {

enum class Limit {
  mini_batches,
  impacted_share,
  value_change,
  probed_change,
  relative_error,
  ulp_error,
  times_plain_error,
  branch_change,
  non_finite,
  zero_gradients,
  control,
  repeat_difference,
  order_difference,
  unseen_kink,
  uncontrolled_kink,
  reference_error,
  reference_ulps,
  reference_missing,
  outside_segment,
};

inline constexpr std::size_t limit_count = static_cast<std::size_t>(Limit::outside_segment) + 1;

/// What a limit is on. Each but a minimum is the largest value allowed.
enum class Quantity {
  minimum,   ///< a whole number that must be reached
  count,     ///< a whole number
  share,     ///< the upper end of a share's interval
  relative,  ///< ‖b − a‖₂ / ‖a‖₂ of a tensor
  ulps,      ///< units in the last place of the precision's format
  factor,    ///< how many times another error
  flag,      ///< something that must not be: "off", "warn" or "fail"
};

/// A value of a limit: a number, or probabilistic_rounding_bound() of the precision.
struct Threshold {
  double value = 0;
  bool derived = false;

  bool operator==(const Threshold&) const = default;
};

/// From which value on a limit warns and fails; absent: never. A flag's thresholds are 0.
struct Tiers {
  std::optional<Threshold> warn;
  std::optional<Threshold> fail;

  bool operator==(const Tiers&) const = default;
};

/// What an override may choose a limit by, beside the precision.
enum class Selects { nothing, tensor, operation };

struct LimitDescription {
  Limit limit;
  std::string_view key;   ///< in the policy: "impacted_share"
  std::string_view rule;  ///< the id of its checks: "kink-impact"
  std::string_view unit;
  Quantity quantity;
  Selects selects;
  bool per_precision;
  Tiers defaults;
  std::string_view meaning;     ///< what it is on, a sentence
  std::string_view derivation;  ///< where the default comes from, a sentence
};

/// The description of a limit; its defaults and their derivations stand in limits.cpp.
const LimitDescription& describe(Limit limit);
const std::array<LimitDescription, limit_count>& all_limits();

/// The limit on a kind of luck: repeat_difference where the very same is computed again, else
/// order_difference.
Limit limit_on(LuckKind kind);

/// Two-sided level of the interval of the impacted share, whose upper end is judged.
inline constexpr double share_confidence = 0.95;

/// The fewest mini-batches of which none impacted brings the upper end of the share's interval to `share` or
/// below: the interval of Clopper and Pearson ends at 1 − ((1 − share_confidence) / 2)^(1/n) then.
/// 0 < share < 1.
std::int64_t mini_batches_that_show(double share);

}  // namespace relu0::gate
