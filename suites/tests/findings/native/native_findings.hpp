#pragma once
#include "analysis/statistics/interval.hpp"
#include "analysis/statistics/statistics.hpp"
#include "suites/experiments/sweep_evidence.hpp"
#include "suites/measurements/sweep.hpp"
#include "suites/tests/findings/findings.hpp"
#include "suites/tests/findings/survey.hpp"

#include <cstdint>
#include <functional>

#include <nlohmann/json.hpp>

/// The findings by the native kernels, whose bits differ between machines: verdicts by the experiments' own
/// rules. Each test states at which rates a healthy engine may show what is counted, and has the probability
/// of a false alarm computed from these. The rates that are named as seen were measured with seed 1 on the
/// embedded digits and images, on one machine, this project's, with AVX-512 and OpenBLAS. Another machine's
/// native kernels may show others; the intervals are wider than what was seen for that reason. The findings
/// held by the AVX2 and SSE4.1 kernels of the same machine as well; nothing was measured that would show the
/// intervals to be wide enough everywhere.
namespace relu0::test {

inline const KernelChoice native_kernel{};

/// The embedded digits.
const Surveyor& native_digits();

/// The draws of a sweep or stream. Expects that the same s gave the same bits twice.
SweepEvidence native_evidence(const Surveyor& surveyor, const Survey& survey);

/// What tells whether a network is impacted, and no more.
Sweep until_impacted(Sweep sweep);

/// Asserts a finding on counts that a healthy engine shows at a rate in `rates`.
void expect_native(const CountFinding& finding, Proportion measured, const Interval& rates);

/// Asserts a finding on pairs, each of which shows it at one level only with these probabilities.
void expect_native(const PairedFinding& finding, PairedCounts counts, double only_first, double only_second);

/// Asserts that some of the survey's networks show something, which a healthy engine's do independently at a
/// rate of `rate` at least. Measures `at_once` of them and then the next ones until one shows it, at most the
/// survey's number: the probability of a false alarm is that of the survey's number, since nothing but
/// success ends it early. Returns the draws that were made.
std::vector<nlohmann::json> expect_native_happens(
    const std::string& what, const Surveyor& surveyor, const Survey& survey, std::int64_t at_once,
    double rate, const std::function<bool(const nlohmann::json& draw)>& shows);

}  // namespace relu0::test
