#pragma once
#include "reports/model/finding.hpp"
#include "suites/run/budget/draw_costs.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace relu0::budget {

/// The draws of one measurement: how many there are, from the first on, and how many there may be.
struct Drawn {
  std::int64_t draws = 0;
  std::int64_t most = 0;
};
using DrawnByKey = std::map<std::string, Drawn>;

/// Whether more draws may decide the finding: it is a headline, has an outlook, and not all draws are made.
bool is_open(const Finding& finding, const DrawnByKey& drawn);

/// What deciding a finding is expected to cost. Of one without any draw, or Outlook::unseen, nothing tells
/// how many it takes: it is to be looked at by one round first, so that what is cheap to look at is looked at
/// before what is dear to decide. While it has fewer draws than Outlook::at_least, they are too few to tell
/// that it takes more than there may be: then it is expected to cost what it lacks of these.
struct Forecast {
  bool within_reach = false;    ///< the draws that it takes may be made
  double seconds = 0;           ///< of all of them
  double seconds_of_round = 0;  ///< of one draw of each of its measurements that is not complete
  std::int64_t rounds = 1;      ///< so many draws of each
};
/// finding: an open one.
Forecast forecast(const Finding& finding, const DrawnByKey& drawn, const DrawCosts& costs);

/// The draws that a run makes next, before it looks at the verdicts again: for the open finding that is
/// cheapest to decide, those within reach first: up to how many draws each of its measurements is to have. No
/// draws where none is open, or all that are open are passed over.
struct Slice {
  double seconds = 0;              ///< that the draws shall take, about
  std::int64_t fewest_rounds = 1;  ///< even where they take longer; but no more than decide the finding
  /// Seconds of the budget: a finding of which one draw is known to take longer is passed over.
  std::optional<double> left{};
};
std::map<std::string, std::int64_t> next_draws(const std::vector<Finding>& findings, const DrawnByKey& drawn,
                                               const DrawCosts& costs, const Slice& slice);

}  // namespace relu0::budget
