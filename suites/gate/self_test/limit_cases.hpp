#pragma once
#include "reports/model/gate/measurements.hpp"
#include "suites/gate/policy/policy.hpp"

#include <functional>
#include <string>
#include <vector>

namespace relu0::gate {

/// A limit, the last figure that passes it, and the next one, which does not.
struct LimitCase {
  Limit limit;
  std::string allowed;  ///< as the policy writes it: "0.01", "\"derived\""
  double inside = 0;    ///< for a flag 0, not raised
  double outside = 0;   ///< for a flag 1, raised
  /// Puts a figure into clean_measurements(), where nothing else is wrong with it.
  std::function<void(Measurements&, double figure)> measure;
  int exit_code = 1;  ///< of the figure outside
};

/// At least one case for each limit; a limit that can be derived has a second one.
std::vector<LimitCase> limit_cases();

/// Whether the limit's figures are real numbers, so that what lies outside is the next number of binary64.
bool is_continuous(const LimitCase& limit);

/// The policy with this value of the case's limit, and those limits off that hold the same figures.
Policy policy_of(const LimitCase& limit, const std::string& value);

}  // namespace relu0::gate
