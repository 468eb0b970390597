#pragma once
#include "reports/model/gate/judgement.hpp"
#include "suites/gate/policy/policy.hpp"

#include <optional>
#include <string>
#include <vector>

namespace relu0::gate {

/// @name Rules that belong to no limit
/// @{
inline constexpr std::string_view rule_crashed = "crashed";
inline constexpr std::string_view rule_nothing_measured = "nothing-measured";
inline constexpr std::string_view rule_missing_measurement = "missing-measurement";
inline constexpr std::string_view rule_nan = "nan";
inline constexpr std::string_view rule_nan_at_kink = "nan-at-kink";
inline constexpr std::string_view rule_nothing_seen = "nothing-seen";
inline constexpr std::string_view rule_probes_not_held = "probes-not-held";
inline constexpr std::string_view rule_unused_override = "unused-override";
inline constexpr std::string_view rule_baseline_environment = "baseline-environment";
inline constexpr std::string_view rule_baseline_drift = "baseline-drift";
/// @}

/// What a check is about.
struct Subject {
  std::optional<Precision> precision{};
  std::string operation{};
  std::string module{};
  std::string tensor{};
  std::string kink{};
  std::string values{};
  SourcePlace source{};
  std::optional<std::int64_t> mini_batch{};
};

/// "0 against 1".
std::string text(const ValuePair& pair);

/// A number for a message: few digits, and as many as tell the two apart where few do not.
std::string told_apart(double value, double from);

/// The checks of one judgement, and how a figure becomes one.
class CheckList {
 public:
  /// Both must outlive the list.
  CheckList(const Measurements& measurements, const Policy& policy)
      : measurements_(measurements), policy_(policy) {}

  /// A check whose verdict no limit decides.
  Check& add(std::string_view rule, CheckVerdict verdict, const Subject& subject, std::string message);

  /// Holds a figure, of which `error` is known not to be, against the limit that applies to its subject. No
  /// check where the limit is off, unless the figure is NaN. `what` begins the message: "the gradient of 'w'
  /// moves by {}". `summed`: the same difference relative to what the gradient adds up, which is what a
  /// derived limit is on where the figure is more than that allows. Throws InputError for a vacuous limit.
  void hold(Limit limit, const Subject& subject, double figure, const std::string& what, double error = 0,
            const std::optional<SummedDifference>& summed = std::nullopt);

  /// The same for a limit in multiples of `unit`, whose product with the limit is a relative difference.
  void hold_multiple(Limit limit, const Subject& subject, double figure, double unit,
                     const std::string& what);

  /// Holds a flag that is raised, or not.
  void hold_flag(Limit limit, const Subject& subject, bool raised, const std::string& raised_message,
                 const std::string& clear_message);

  /// A share by its interval; not in a replay, of whose one mini-batch any share is none or all.
  void hold_share(Limit limit, const Subject& subject, std::int64_t impacted, std::int64_t mini_batches,
                  bool control_is_clean, const std::string& what);

  /// The limit that applies to a subject, and whether it has a tier.
  [[nodiscard]] const LimitSetting& setting(Limit limit, const Subject& subject) const;
  [[nodiscard]] bool is_on(Limit limit, const Subject& subject) const;

  /// Makes the last check inconclusive unless it passed, with the reason added.
  void doubt_last(const std::string& why);

  [[nodiscard]] std::vector<Check>& checks() { return checks_; }

 private:
  struct Bounds {
    std::optional<double> warn;
    std::optional<double> fail;
    std::string problem;  ///< why one is missing or vacuous; empty where none is
    /// The largest limit that is not vacuous, where a derived one above is. What is within it passes, and
    /// what is beyond the derived one fails; of what lies between nothing can be said.
    std::optional<double> useful;
  };
  [[nodiscard]] Bounds bounds(const LimitSetting& setting, const Subject& subject) const;
  [[nodiscard]] const TensorFacts* facts(const std::string& tensor) const;
  static void require_useful(const LimitSetting& setting, const Subject& subject, double limit,
                             double largest, std::string_view passer);
  Check& add_limited(const LimitSetting& setting, const Subject& subject, CheckVerdict verdict,
                     std::string message);

  const Measurements& measurements_;
  const Policy& policy_;
  std::vector<Check> checks_;
};

}  // namespace relu0::gate
