#pragma once
#include "reports/model/finding.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace relu0 {

/// All verdicts, in the order in which they are counted.
constexpr std::array<Verdict, 5> all_verdicts{Verdict::reproduced, Verdict::not_reproduced,
                                              Verdict::inconclusive, Verdict::measured, Verdict::not_run};

/// A sign that tells the verdicts apart without colour.
std::string_view symbol(Verdict verdict);

std::size_t count(const std::vector<Finding>& findings, Verdict verdict);

/// "2 reproduced, 1 not reproduced, 0 inconclusive, 0 measured, 0 not run"
std::string tally(const std::vector<Finding>& findings);

/// The headline findings, then the others; each in their order.
std::vector<Finding> headlines_first(std::vector<Finding> findings);

}  // namespace relu0
