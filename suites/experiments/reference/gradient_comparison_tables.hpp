#pragma once
#include "reports/model/results.hpp"
#include "suites/experiments/reference/gradient_comparison.hpp"

namespace relu0 {

/// How far the gradients are from the truth at the first choice of ReLU'(0): a row per network and precision.
Table error_table(const std::string& experiment, const std::vector<GradientComparison>& comparisons);

/// How much of that error is due to s, the second value: a row per network, precision and rule. Where no
/// exact zero was met there is no effect under either rule, and one row per network and precision.
Table effect_table(const std::string& experiment, const std::vector<GradientComparison>& comparisons,
                   double s);

/// The element that is wrong by the most ulps of each network and precision.
Table worst_elements_table(const std::string& experiment, const std::vector<GradientComparison>& comparisons);

}  // namespace relu0
