#pragma once
#include "reports/model/results.hpp"
#include "suites/experiments/reference/gradient_comparison.hpp"

namespace relu0 {

/// Appends the heat map of one network: the relative L2 error of its gradient by layer and precision, at the
/// first choice of ReLU'(0), the largest over all draws. An error that is not finite counts as larger than
/// any other. Appends nothing without draws.
void append_error_map(const std::string& experiment, const NetworkComparisons& comparisons, Results& results);

/// Appends the figure of one network: the share of its gradient's elements within a number of ulps of the
/// truth, at the first choice of ReLU'(0), over all draws. Appends nothing without draws.
void append_ulp_figure(const std::string& experiment, const NetworkComparisons& comparisons,
                       Results& results);

}  // namespace relu0
