#pragma once
#include "reports/model/figure.hpp"

#include <string>

namespace relu0 {

/// The text alternative of a figure: what its axes are and how each series runs.
std::string describe(const Figure& figure);

}  // namespace relu0
