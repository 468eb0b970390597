#pragma once
#include "suites/verdicts/verdict_rules.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

/// What a run that looked at less than the published measurement may conclude.
namespace relu0::verdict_rules {

/// How far a run looked, beside the protocol of the published figure that it is held against.
struct Reach {
  std::string unit;  ///< "images"
  std::int64_t measured = 0;
  std::int64_t published = 0;
  /// Whether the network or the data are others than the published ones, so that no more of anything would
  /// make the run the published one.
  bool other = false;

  /// Whether the run looked at no less than was published; always, where nothing is published.
  [[nodiscard]] bool is_full() const { return !other && measured >= published; }
};

/// A rule on a count of networks.
using CountRule = std::function<Decision(Proportion)>;

/// The decision of a rule on a count that can only grow with the reach: a network that is impacted among the
/// first images stays so among more. With a full reach it is rule(measured). With less, it is known only that
/// at least measured.successes of the networks would be counted with a full one: the decision stands where
/// the rule comes to the same verdict for every such count, and is inconclusive otherwise. So "not
/// reproduced, because too few" is never concluded from less than was published, and neither is "none".
Decision held_against(Proportion measured, const Reach& reach, const CountRule& rule);

/// The decision of a rule on something that is no such count, a trend or a difference. With less than a full
/// reach only the verdict `stands` is kept, which must say the same of the part that was looked at as of all
/// (growth is growth among fewer images too); others are inconclusive.
Decision held_against(Decision decision, const Reach& reach, std::optional<Verdict> stands);

/// How little a run with this reach looked at: "512 of the published 60000 images"; empty where it is full.
std::string part_seen(const Reach& reach);

/// Whether the counts of a run with this reach can be compared with published ones, or why not: empty where
/// they can.
std::string not_comparable(const Reach& reach);

}  // namespace relu0::verdict_rules
