// What conv-volume concludes from made-up measurements.
#include "suites/experiment.hpp"
#include "suites/experiments/first_impacts.hpp"
#include "suites/outcome_json.hpp"
#include "suites/tests/suites/temporary_folder.hpp"

#include <algorithm>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A draw that met `minibatches` mini-batches and whose first impacted one has the index, under either rule.
SweepOutcome draw(std::optional<std::int64_t> first, std::int64_t minibatches) {
  SweepOutcome outcome;
  outcome.minibatches = minibatches;
  outcome.minibatches_with_zeros = minibatches;
  outcome.first_with_zeros = 0;
  outcome.minibatches_reached = first ? 1 : 0;
  outcome.first_reached = first;
  for (const Rule rule : all_rules) {
    RuleOutcome& result = outcome.rules.emplace_back();
    result.rule = rule;
    result.impacted = first ? 1 : 0;
    result.first_impacted = first;
  }
  return outcome;
}

FirstImpacts of(const std::vector<SweepOutcome>& draws) {
  CellEvidence evidence;
  evidence.draws = draws;
  return first_impacts(evidence, Rule::chain_rule);
}

TEST(FirstImpacts, CountNetworksAndTheMinibatchesUpToTheFirst) {
  const FirstImpacts impacts = of({draw(3, 9), draw(0, 1), draw({}, 20)});
  EXPECT_EQ(impacts.networks().successes, 2);
  EXPECT_EQ(impacts.networks().trials, 3);
  EXPECT_EQ(impacts.rate().successes, 2);
  EXPECT_EQ(impacts.rate().trials, 4 + 1 + 20);
  EXPECT_EQ(impacts.most_minibatches, 20);
  EXPECT_EQ(impacts.with_zeros.trials, 30);
  EXPECT_EQ(impacts.reached.successes, 2);
}

TEST(FirstImpacts, SurviveUntilTheirFirst) {
  const FirstImpacts impacts = of({draw(3, 9), draw(0, 1), draw({}, 5)});
  EXPECT_EQ(impacts.surviving(1).successes, 2);
  EXPECT_EQ(impacts.surviving(3).successes, 2) << "index 3 is the fourth";
  EXPECT_EQ(impacts.surviving(4).successes, 1);
  EXPECT_EQ(impacts.surviving(4).trials, 3);
  EXPECT_EQ(impacts.surviving(6).trials, 2) << "one network was looked at for five only";
}

TEST(FirstImpacts, SayTheMeanIndexAndWhatLimitsIt) {
  EXPECT_EQ(of({}).mean_index(), "none measured");
  EXPECT_THAT(of({draw(1, 2), draw(1, 2)}).mean_index(), HasSubstr("1 ["));
  EXPECT_THAT(of({draw(1, 2), draw({}, 8)}).mean_index(), HasSubstr("about 9 ["));
  EXPECT_THAT(of({draw({}, 8)}).mean_index(), HasSubstr("none; at least 1.71"));
}

TEST(FirstImpacts, HavePlacesOnALogarithmicAxis) {
  EXPECT_THAT(of({draw({}, 12)}).survival_places(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12));
}

Results conclude(const std::function<SweepOutcome(const Cell&, std::int64_t)>& made_up) {
  const testing::TemporaryFolder folder;
  Store store = Store::open_for_run(folder.path() / "results.sqlite");
  const RunSettings settings{.data = {{DataName::cifar10, {.identity = "made up", .images = 10'000}}}};
  const Scale scale{.name = ScaleName::quick, .networks = 40, .fp64_networks = {}};
  const Experiment& experiment = find_experiment("conv-volume");
  for (const Cell& cell : experiment.cells()) {
    std::vector<Measurement> measurements;
    for (std::int64_t i = 0; i < 40; ++i) {
      measurements.push_back({key(cell, settings), i, to_json(made_up(cell, i))});
    }
    store.record(measurements);
  }
  Results results;
  experiment.conclude(Evidence(store, settings, scale), results);
  return results;
}

TEST(ConvVolume, IsReproducedWhereImpactsAreAsFrequentAsPublished) {
  // About the published indices at tf32, none at fp32.
  const Results results = conclude([](const Cell& cell, std::int64_t i) {
    return cell.precision == Precision::fp32 ? draw({}, 150) : draw(i % 7, i % 7 + 1);
  });
  for (const Finding& finding : results.findings) {
    if (finding.setting.starts_with("fp32")) {
      EXPECT_EQ(finding.verdict, Verdict::not_reproduced) << finding.setting;
    }
    if (finding.setting.starts_with("tf32")) {
      EXPECT_EQ(finding.verdict, Verdict::reproduced) << finding.setting;
    }
  }
  ASSERT_EQ(results.tables.size(), 1U);
  EXPECT_THAT(results.tables[0].caption, HasSubstr("Certainly below: VGG11 fp32 chain-rule"));
  EXPECT_EQ(results.figures.size(), 4U);
}

TEST(ConvVolume, AFailedControlLeavesNothingConcluded) {
  const Results results = conclude([](const Cell& /*cell*/, std::int64_t /*i*/) {
    SweepOutcome outcome = draw(0, 1);
    outcome.deterministic = false;
    return outcome;
  });
  for (const Finding& finding : results.findings) {
    EXPECT_EQ(finding.verdict, Verdict::inconclusive) << finding.setting;
    EXPECT_THAT(finding.why, HasSubstr("not deterministic here"));
  }
}

}  // namespace
}  // namespace relu0
