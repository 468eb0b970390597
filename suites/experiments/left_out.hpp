#pragma once
#include "suites/run/evidence.hpp"
#include "suites/verdicts/verdict_rules.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace relu0::experiments_common {

/// How many networks to draw of what a run's scale leaves out: most rules take 36 that show the same.
inline constexpr std::int64_t networks_where_left_out = 40;

/// The command that measures what the run's scale leaves out of an experiment: "relu0 run depth --only
/// network=mlp-1x256,precision=fp64 --fp64-networks 40". Where several differ in more than one field it may
/// measure more than these. left_out must not be empty.
std::string command_for(const std::string& experiment, const std::vector<LeftOut>& left_out);

/// The decision, which says what the run's scale left out of its basis: that nothing was measured for that
/// reason, or without which networks it was come to; and the command that measures them. Any other decision
/// as it is.
verdict_rules::Decision with_left_out(const Basis& basis, const std::string& experiment,
                                      verdict_rules::Decision decision);

}  // namespace relu0::experiments_common
