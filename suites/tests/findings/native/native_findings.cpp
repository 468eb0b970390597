#include "suites/tests/findings/native/native_findings.hpp"

#include "suites/tests/findings/expect_none.hpp"
#include "suites/tests/findings/sweep_outcomes.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace relu0::test {

const Surveyor& native_digits() {
  static const Surveyor surveyor({}, {datasets::mnist});
  return surveyor;
}

SweepEvidence native_evidence(const Surveyor& surveyor, const Survey& survey) {
  SweepEvidence evidence = sweeps(surveyor.draws(survey));
  EXPECT_TRUE(evidence.basis().deterministic) << "the same s twice gave other bits";
  return evidence;
}

Sweep until_impacted(Sweep sweep) {
  sweep.extent = Extent::until_impacted;
  sweep.magnitude = false;
  return sweep;
}

void expect_native(const CountFinding& finding, Proportion measured, const Interval& rates) {
  EXPECT_LE(false_alarm(finding, measured.trials, rates), allowed_false_alarm) << finding.name;
  expect_none(problems(finding, measured));
}

void expect_native(const PairedFinding& finding, PairedCounts counts, double only_first, double only_second) {
  EXPECT_LE(false_alarm(finding, counts.draws, only_first, only_second), allowed_false_alarm) << finding.name;
  expect_none(problems(finding, counts));
}

std::vector<nlohmann::json> expect_native_happens(
    const std::string& what, const Surveyor& surveyor, const Survey& survey, std::int64_t at_once,
    double rate, const std::function<bool(const nlohmann::json& draw)>& shows) {
  const std::int64_t most = survey.settings.networks.value();
  EXPECT_LE(false_alarm(happens(what), most, {rate, 1}), allowed_false_alarm) << what;
  std::vector<nlohmann::json> draws;
  Proportion shown;
  while (shown.successes == 0 && shown.trials < most) {
    Survey next = survey;
    next.settings.seed += static_cast<std::uint64_t>(shown.trials);
    next.settings.networks = next.settings.fp64_networks = std::min(at_once, most - shown.trials);
    for (nlohmann::json& draw : surveyor.draws(next)) {
      ++shown.trials;
      shown.successes += shows(draw) ? 1 : 0;
      draws.push_back(std::move(draw));
    }
  }
  expect_none(problems(happens(what), shown));
  return draws;
}

}  // namespace relu0::test
