#pragma once
#include "reports/model/gate/measurements.hpp"

#include <functional>
#include <string>
#include <vector>

namespace relu0::gate {

/// Something wrong with measurements that pass, which must keep a gate from being green.
struct JudgedFault {
  std::string name;
  std::function<void(Measurements&)> inject;  ///< into clean_measurements()
  int exit_code;                              ///< 1 or 5, under the default policy
  std::string rule;                           ///< the check that must find it
};

/// One fault a row: what a gate judges wrongly if any of its checks is missing or inverted.
const std::vector<JudgedFault>& judged_faults();

}  // namespace relu0::gate
