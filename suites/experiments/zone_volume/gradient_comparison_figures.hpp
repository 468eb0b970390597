#pragma once
#include "reports/model/results.hpp"
#include "suites/experiments/zone_volume/gradient_comparison.hpp"

namespace relu0 {

/// Of one network: the relative L2 error of its gradient by layer and precision, at the first choice of
/// ReLU'(0), the largest over the networks drawn; nothing without draws. An error that is not finite is
/// larger than any.
void append_error_map(const std::string& experiment, const NetworkComparisons& comparisons, Results& results);

/// Of one network: the share of its gradient's elements that are within so many ulps of the truth, at the
/// first choice, over all networks drawn; nothing without draws.
void append_ulp_figure(const std::string& experiment, const NetworkComparisons& comparisons,
                       Results& results);

}  // namespace relu0
