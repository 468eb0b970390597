#pragma once
#include "suites/gate/judge.hpp"
#include "suites/gate/self_test/self_test.hpp"

namespace relu0::gate {

/// Judges the measurements. `rule`: of which a check must not pass; empty where all must.
SelfTestRow judged_row(const std::string& part, const std::string& fault, const Measurements& measurements,
                       const Policy& policy, int expected, const std::string& rule);

/// Where something was thrown: the exit code of an internal error.
SelfTestRow thrown_row(const std::string& part, const std::string& fault, int expected,
                       const std::string& sign, const std::string& message);

}  // namespace relu0::gate
