#pragma once
#include "reports/model/finding.hpp"
#include "suites/run/budget/draw_costs.hpp"
#include "suites/run/budget/next_draws.hpp"

#include <vector>

namespace relu0::budget {

/// Adds to each open finding that has an outlook what it would take to decide it: how many more draws, and
/// how long they take here. drawn: of every measurement that the findings rest on; a finding with
/// another one is left as it is, and so is one of which nothing was measured, or not what tells how many
/// draws it takes: that says so itself.
void say_what_it_takes(std::vector<Finding>& findings, const DrawnByKey& drawn, const DrawCosts& costs);

}  // namespace relu0::budget
