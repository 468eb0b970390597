#pragma once
#include "suites/gate/judge.hpp"
#include "suites/gate/self_test/clean_measurements.hpp"

#include <string>
#include <vector>

namespace relu0::gate::test {

using gate::at_fp32;
using gate::clean_measurements;

/// The checks of a rule.
std::vector<Check> checks_of(const Judgement& judgement, const std::string& rule);

/// The worst verdict among the checks of a rule; "none" where there is none.
std::string verdict_of(const Judgement& judgement, const std::string& rule);

/// A policy with these lines below [limits].
Policy policy_with(const std::string& limits);

/// All that failed, for a test's message.
std::string troubles(const Judgement& judgement);

}  // namespace relu0::gate::test
