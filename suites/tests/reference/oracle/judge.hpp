#pragma once
#include "reference/pass/backprop.hpp"
#include "suites/tests/reference/oracle/textbook_backprop.hpp"

#include <string>
#include <vector>

namespace relu0::oracle {

/// The value exactly. Throws std::logic_error where 400 digits cannot hold it.
Number exactly(mpfr_srcptr value);

/// What of a run of the reference lies outside the oracle's balls, each as "linear1.weight[3] is off by
/// 2^−40, allowed 2^−60"; empty where all of it lies inside.
std::vector<std::string> violations(const Network& network, const Backprop& oracle,
                                    const reference::Backprop& judged);

/// What of a run's balls does not hold the exact value, which the oracle's balls hold for a contract that
/// rounds nothing: each as "linear1.weight[3] is off by 2^−40, its radius is 2^−60". Empty where the run's
/// radii are right.
std::vector<std::string> escapes(const Network& network, const Backprop& exact,
                                 const reference::Backprop& judged);

}  // namespace relu0::oracle
