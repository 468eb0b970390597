#pragma once
#include "analysis/statistics/interval.hpp"

#include <optional>
#include <vector>

namespace relu0 {

/// Student's interval of the mean of independent normal values. Absent for fewer than two values.
std::optional<Interval> mean_interval(const std::vector<double>& values, double confidence);

}  // namespace relu0
