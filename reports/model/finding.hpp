#pragma once
#include "analysis/statistics/interval.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/precision.hpp"
#include "reports/model/conditions.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relu0 {

/// What a rule says of a finding. `measured`: a figure for which there is no published one to be held
/// against; neither a failure nor inconclusive.
enum class Verdict { reproduced, not_reproduced, inconclusive, not_run, measured };

/// "reproduced", "not reproduced", "inconclusive", "not run" or "measured".
std::string_view name(Verdict verdict);

/// The inverse of name(). Throws InputError.
Verdict parse_verdict(std::string_view text);

/// What it takes to decide a finding that is open, where results decide how many draws are made. For the run
/// that measures: a store does not keep it.
struct Outlook {
  std::vector<std::string> keys;  ///< of the measurements that the finding rests on
  std::optional<std::int64_t>
      more_draws{};  ///< of each, at the rate seen so far; absent: not known, or never
  /// Whether some of the measurements lack what it takes to say how many draws: first there must be one more
  /// of each that has none or the fewest.
  bool unseen = false;
  /// So many draws each measurement is to have before what was seen so far counts as enough to tell that no
  /// number of draws, or more than there may be, decides the finding.
  std::int64_t at_least = 0;
  /// Whether more_draws are those that complete a number that was fixed beforehand: only then is the rule
  /// applied, and whether they decide, nothing tells.
  bool only_at_planned_number = false;
};

/// One claim of the paper in one setting, and what was measured of it. Texts are plain (writers escape them).
struct Finding {
  std::string id;                    ///< "fp32-half"
  std::string setting;               ///< "fp32, chain-rule, mlp-3x256": with id, unique in a store
  std::string claim;                 ///< "at 32 bits the gradient depends on s for about half of the θ"
  std::string published;             ///< "463/1000 by layers; 478/1000 by neurons"
  std::string measured;              ///< "93/200 (46.5 %)"
  std::optional<Interval> interval;  ///< of the measured quantity, where there is one
  std::string
      agreement;  ///< how the figure compares with the published one: "Fisher p = 0.62: no difference shown"
  Verdict verdict = Verdict::not_run;
  std::string why;            ///< one sentence that leads from the numbers to the verdict
  std::string decision_rule;  ///< the statistical rule and its level
  std::string source;         ///< where the published figure comes from
  bool headline = false;      ///< shown first: the setting that the paper's claim is about
  std::string experiment;     ///< the experiment in whose section it is listed too; empty: none
  std::string paper_claim{};  ///< the id of the paper's claim (claim.hpp) that it bears on; empty: none
  /// The arithmetic and the rule that it is about; each absent where it is about all or several of them.
  std::optional<Precision> precision{};
  std::optional<Rule> rule{};
  std::string recorded{};  ///< what the project's own large run measured for this id and setting; empty: none
  std::optional<Verdict> recorded_verdict{};  ///< the verdict of that run
  std::optional<Outlook> outlook{};
  /// How little was looked at beside the published measurement, "512 of the published 60000 images": what was
  /// counted is a lower bound for all of them. Empty: no less than was published, or an older store.
  std::string part_seen{};
  Conditions conditions{};  ///< of its measurements; empty where none was to be made, or in an older store
};

}  // namespace relu0
