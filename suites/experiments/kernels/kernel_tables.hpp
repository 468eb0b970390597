#pragma once
#include "reports/model/figure.hpp"
#include "suites/experiments/kernels/kernel_study.hpp"

#include <vector>

namespace relu0::kernel_study {

/// Rates by kernel, with intervals, and the published rate as a line where there is one.
Figure figure_of(const Subject& subject, const std::vector<OfKernel>& kernels);

/// A row for each kernel, numbered as in the figure.
Table table_of(const Subject& subject, const std::vector<OfKernel>& kernels);

}  // namespace relu0::kernel_study
