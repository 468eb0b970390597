#pragma once
#include "suites/gate/judge.hpp"

#include <string>
#include <vector>

namespace relu0::gate::test {

/// Measurements of a small model, complete and well within the default policy: tensors "w" and "b", 40
/// mini-batches, fp16 and fp32, relu = 0 against 1, every kind of luck, a reference, one kink that was met.
Measurements clean_measurements();

/// The results of clean_measurements() at fp32, to be changed.
PrecisionResults& at_fp32(Measurements& measurements);

/// The checks of a rule.
std::vector<Check> checks_of(const Judgement& judgement, const std::string& rule);

/// The worst verdict among the checks of a rule; "none" where there is none.
std::string verdict_of(const Judgement& judgement, const std::string& rule);

/// A policy with these lines below [limits].
Policy policy_with(const std::string& limits);

/// All that failed, for a test's message.
std::string troubles(const Judgement& judgement);

}  // namespace relu0::gate::test
