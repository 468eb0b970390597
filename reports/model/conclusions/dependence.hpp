#pragma once
#include "reports/model/results.hpp"

#include <cstddef>
#include <vector>

namespace relu0 {

/// The places in Results::findings of those that say for how many networks the gradient depends on s, under
/// the chain rule: at most one for each precision, from the lowest to the highest, with a figure and its
/// interval. They are of the claims fp16-systematic, fp32-half and fp64-none; of several at one precision a
/// headline is taken, or else the first.
std::vector<std::size_t> dependence_by_precision(const Results& results);

/// Whether the interval of such a finding lies above 0: one network whose gradient depends on s suffices.
bool depends_on_s(const Finding& finding);

}  // namespace relu0
