#pragma once
#include "analysis/statistics/interval.hpp"
#include "analysis/statistics/statistics.hpp"
#include "suites/verdicts/verdict_rules.hpp"

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

/// The paper's findings as assertions: a rule of the experiments on counts, and the verdicts that a healthy
/// engine may get by it. What may come out is narrow on the portable kernels, whose counts are known, and on
/// the native ones as wide as the probability of a false alarm asks for, which false_alarm() computes.
namespace relu0::test {

/// The largest probability with which an assertion on native kernels may fail on a healthy engine.
inline constexpr double allowed_false_alarm = 1e-6;

/// A finding on the share of networks that show something.
struct CountFinding {
  std::string name;
  std::function<verdict_rules::Decision(Proportion)> rule;
  std::set<Verdict> accepted;
};

/// A finding on the same networks at two levels of a factor.
struct PairedFinding {
  std::string name;
  std::function<verdict_rules::Decision(PairedCounts)> rule;
  std::set<Verdict> accepted;
};

/// One sentence where the verdict is none of the accepted ones; empty where it is.
std::vector<std::string> problems(const CountFinding& finding, Proportion measured);
std::vector<std::string> problems(const PairedFinding& finding, PairedCounts measured);

/// The probability that the finding has a problem, of `networks` networks which show it independently with a
/// rate in `rates`: the largest over 101 rates from one end to the other, both ends among them. Exact: a sum
/// over all counts.
double false_alarm(const CountFinding& finding, std::int64_t networks, const Interval& rates);

/// The same of `draws` pairs, of which each shows it at the first level only with the probability only_first,
/// and at the second only with only_second. Exact: a sum over all counts.
double false_alarm(const PairedFinding& finding, std::int64_t draws, double only_first, double only_second);

/// What two yes/no outcomes of the same draws count together. Throws std::invalid_argument where they are not
/// as many.
PairedCounts paired(const std::vector<bool>& first, const std::vector<bool>& second);

/// @name The findings
/// @{
/// At 16 bits every network; nothing refutes it.
CountFinding every_network_at_fp16(std::set<Verdict> accepted);
/// At 32 bits some networks.
CountFinding some_networks_at_fp32();
/// At 32 bits not every network: that it is every one is refuted.
CountFinding not_every_network_at_fp32();
/// At 32 bits about half of them; nothing refutes it.
CountFinding about_half_at_fp32();
/// At 64 bits no network.
CountFinding no_network_at_fp64();
/// The share grows from the first level to the second.
PairedFinding grows(const std::string& factor);
/// The share is the same at both levels, to within the spread of the published shares.
PairedFinding does_not_depend(const std::string& factor);
/// Some network shows it.
CountFinding happens(const std::string& what);
/// Nearly everything shows it; nothing refutes it.
CountFinding nearly_all_show(const std::string& what);
/// No network shows it; nothing refutes it.
CountFinding never_happens(const std::string& what);
/// @}

}  // namespace relu0::test
