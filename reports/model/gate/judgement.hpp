#pragma once
#include "reports/model/gate/measurements.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// @file
/// What a gate concluded, as plain data that the writers print. Texts are plain: writers escape them.
namespace relu0::gate {

enum class CheckVerdict { pass, warn, fail, inconclusive };

inline constexpr std::array all_check_verdicts{CheckVerdict::fail, CheckVerdict::inconclusive,
                                               CheckVerdict::warn, CheckVerdict::pass};

/// "pass", "warn", "fail" or "inconclusive".
std::string_view name(CheckVerdict verdict);
/// The inverse of name(). Throws InputError.
CheckVerdict parse_check_verdict(std::string_view text);

enum class Outcome { green, red, inconclusive };

/// "green", "red" or "inconclusive".
std::string_view name(Outcome outcome);
/// The inverse of name(). Throws InputError.
Outcome parse_outcome(std::string_view text);

/// One thing that was held against the policy.
struct Check {
  std::string rule{};  ///< a stable id: "kink-impact"
  CheckVerdict verdict = CheckVerdict::inconclusive;
  std::string message{};  ///< a sentence that says what was seen and what is allowed
  std::optional<Precision> precision{};
  std::string operation{};  ///< "aten::relu"; empty where the check is about none
  std::string module{};     ///< "features.0": where the operation stands in the model
  std::string tensor{};
  std::string kink{};
  std::string values{};  ///< "0 against 1"
  SourcePlace source{};  ///< the model's line
  SourcePlace policy{};  ///< the policy's line; a default has none
  std::string limit{};   ///< the policy's key: "impacted_share"
  std::string unit{};    ///< "relative L2"
  std::optional<double> seen{};
  std::optional<double> allowed{};
  std::optional<std::int64_t> mini_batch{};
  std::string replay{};  ///< the command that measures this again, on the mini-batch alone where there is one

  /// How far what was seen lies within what is allowed; negative beyond. Absent where either is.
  [[nodiscard]] std::optional<double> margin() const;
  /// Whether more must be seen than is allowed (a minimum), instead of less.
  bool is_minimum = false;
};

struct Judgement {
  Outcome outcome = Outcome::inconclusive;
  int exit_code = 5;
  std::string headline{};       ///< "red: 2 checks of 40 failed: …"
  std::vector<Check> checks{};  ///< failed ones first, then inconclusive, warnings, passed
  std::vector<std::string> notes{};
  /// What each rule that occurs is about, a sentence.
  std::map<std::string, std::string> rules{};
  std::string command{};
  std::string policy_file{};  ///< empty: the defaults
  std::string policy{};       ///< the effective policy, as TOML
  ModelFacts model{};
  InputFacts inputs{};
  std::string loss{};
  std::string with_respect_to{};
  Environment environment{};
  std::vector<KinkSite> kinks{};
};

std::int64_t count(const std::vector<Check>& checks, CheckVerdict verdict);

/// "2 failed, 0 inconclusive, 1 warning, 37 passed"
std::string tally(const std::vector<Check>& checks);

/// What a check is about: rule, precision, kink, values, operation, tensor, and where the operation stands:
/// the file and the text of the line, or its number where the text is not known, so that another line above
/// it changes nothing. Not what was measured, so that the same check has the same text in every run. Two
/// checks of a judgement can share it where an operation stands twice in a line.
std::string identity(const Check& check);

/// A line for each fact of the check that is known: {"operation", "aten::relu"}, {"seen", "0.25"} …, in the
/// order in which every writer shows them.
std::vector<std::pair<std::string, std::string>> facts_of(const Check& check);

/// "model.py:12"; "model.onnx, Relu 'relu1' (node 3)" of a place without lines; the file alone where no more
/// is known; empty where the file is not either.
std::string text(const SourcePlace& place);

}  // namespace relu0::gate
