#pragma once
#include "reports/model/gate/measurements.hpp"
#include "suites/gate/limits.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// @file
/// What a gate allows: a TOML file.
///
///     version = 1
///
///     [limits]
///     impacted_share = { warn = 0.05, fail = 0.2 }
///     relative_error = "derived"    # a value alone is the fail tier
///     ulp_error = "off"
///     unseen_kink = "fail"          # a flag: "off", "warn" or "fail"
///
///     [[override]]                  # of those that fit, the last one counts
///     precision = ["fp16", "bf16"]
///     tensor = "*.bias"             # a pattern as of a shell's file names
///     relative_error = 0.02
///
/// limits.cpp has the limits, their defaults, and where these come from.
namespace relu0::gate {

/// A limit's tiers and where they were set.
struct LimitSetting {
  Limit limit = Limit::mini_batches;
  Tiers tiers;
  SourcePlace place{};  ///< a place without a file is the default
  std::int64_t column = 0;
};

/// Other limits for what fits all selectors that are given.
struct Override {
  std::vector<Precision> precisions{};  ///< empty: all
  std::optional<std::string> tensor{};  ///< a pattern, as fnmatch(3) reads it
  std::optional<std::string> operation{};
  std::vector<LimitSetting> limits{};
  SourcePlace place{};

  [[nodiscard]] bool fits(std::optional<Precision> precision, const std::string& of_tensor,
                          const std::string& of_operation) const;
};

struct Policy {
  std::string file{};                  ///< empty: the defaults
  std::vector<LimitSetting> limits{};  ///< all, in the order of Limit
  std::vector<Override> overrides{};

  /// The setting that holds for what is judged; a tensor or operation that it is not about is empty.
  [[nodiscard]] const LimitSetting& setting(Limit limit, std::optional<Precision> precision,
                                            const std::string& tensor, const std::string& operation) const;
};

/// The policy that holds where none is given.
Policy default_policy();

/// Reads a policy; what it does not set keeps its default. Throws InputError with "file:line:column: what is
/// wrong; the remedy" for text that is not TOML (a key set twice among it), a missing or other version, an
/// unknown key, a value of another type or out of range, a warn tier beyond the fail tier, a pattern with a
/// set of letters that is not closed, an override that selects nothing or sets what its selector does not
/// apply to, two overrides with the same selectors, and a limit that is vacuous whatever is measured: a
/// relative difference of 1 or more, which the zero gradient has; a share of 1 or more; 2^(bits − 1) ulp or
/// more, which the zero gradient stays within where elements are powers of 2.
Policy parse_policy(std::string_view toml, const std::string& file);

/// parse_policy() of a file's text. Throws InputError also where it cannot be read.
Policy read_policy(const std::string& file);

/// The effective policy as TOML: every limit with what it is on and where its value comes from;
/// parse_policy() reads it back as the same.
std::string explain(const Policy& policy);

/// A policy that all of `runs` pass, made from what they measured, as TOML, and what it rests on: the largest
/// figure of n mini-batches, rounded up to two digits, which a further mini-batch like them exceeds with a
/// probability of at most 1 / (n + 1). A limit that would be vacuous is left off, and said. Throws InputError
/// where there is no run, or one was aborted, met a NaN or measured no mini-batch.
std::string suggest_policy(std::span<const Measurements> runs);

/// The place of a setting for a message: "relu0.toml:5:1", or "default policy".
std::string text_of_place(const LimitSetting& setting);

/// The largest limit on a relative difference of the tensor that is not vacuous: below 1, which is the zero
/// gradient's, and below the distance to the gradient of another mini-batch, where that is known.
double largest_useful_difference(const TensorFacts& tensor);

/// The largest useful limit in ulp at a precision: below 2^(bits − 1).
double largest_useful_ulps(Precision precision);

}  // namespace relu0::gate
