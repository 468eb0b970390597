// What experiments conclude where a run selected some of their measurements only.
#include "suites/claims/paper_claims.hpp"
#include "suites/experiments/kinks/kink_evidence.hpp"
#include "suites/measurements/divergence.hpp"
#include "suites/measurements/kernel_sweep.hpp"
#include "suites/measurements/kinds.hpp"
#include "suites/measurements/kink_survey.hpp"
#include "suites/measurements/stream.hpp"
#include "suites/measurements/sweep.hpp"
#include "suites/measurements/training.hpp"
#include "suites/measurements/zeros_in_training.hpp"
#include "suites/tests/suites/experiments/conclusions.hpp"
#include "suites/tests/suites/measurements/synthetic_outcomes.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::StartsWith;

SweepOutcome sweep(std::int64_t draw) {
  SweepOutcome outcome;
  outcome.minibatches = 9;
  outcome.images = 900;
  for (const Rule rule : all_rules) {
    RuleOutcome& result = outcome.rules.emplace_back();
    result.rule = rule;
    if (draw % 2 == 0) {
      result.impacted = 1;
      result.first_impacted = draw % 7;
      result.first_layer = draw % 7;
      result.relative_l2 = {1e-5};
    }
  }
  return outcome;
}

/// Something that a measurement could give, as the store keeps it.
nlohmann::json synthetic(const Measurement& measurement, std::int64_t draw, const RunSettings& settings) {
  if (const auto* error = dynamic_cast<const ReferenceError*>(&measurement)) {
    return ReferenceError::encode(test::outcome_of(error->setting, {.error = 0.1, .effect = 0.05}));
  }
  if (dynamic_cast<const ZeroOrigins*>(&measurement) != nullptr) {
    return ZeroOrigins::encode(test::outcome_of(ZeroCounts{.rounding = 2}));
  }
  if (dynamic_cast<const ZoneShape*>(&measurement) != nullptr) {
    return ZoneShape::encode(test::outcome_of(test::SyntheticSlice{}));
  }
  if (dynamic_cast<const ZeroLaw*>(&measurement) != nullptr) {
    return ZeroLaw::encode(test::outcome_of(test::SyntheticLaw{.counted = 38 + draw}));
  }
  if (dynamic_cast<const Divergence*>(&measurement) != nullptr) {
    return Divergence::encode(test::trained(draw % 2 == 0));
  }
  if (dynamic_cast<const ZerosInTraining*>(&measurement) != nullptr) {
    ZeroTrainingOutcome outcome;
    outcome.minibatches = 469;
    outcome.epochs = {{.iterations = 469, .zeros = 3 + draw, .relu_inputs = 10'000'000}};
    return ZerosInTraining::encode(outcome);
  }
  if (dynamic_cast<const KernelSweep*>(&measurement) != nullptr) {
    return KernelSweep::encode({.sweep = sweep(draw), .gradient_sha256 = "00", .computed_by = "made up"});
  }
  if (const auto* trained = dynamic_cast<const TrainedNetwork*>(&measurement)) {
    // The larger |s|, the less accurate; with batch-norm, Adam or dropout hardly so.
    const bool buffered = measurement.describe().find("-bn") != std::string::npos ||
                          !std::holds_alternative<SgdOptions>(trained->optimizer);
    const double lost = std::abs(trained->relu.value) / (buffered ? 1000 : 100);
    TrainingOutcome outcome;
    outcome.planned_epochs = trained->epochs(settings);
    outcome.first_steps = {{.met = 2, .reached = 1, .arriving = 1e-6, .through = 0.1, .assigned = 2}};
    for (int epoch = 0; epoch < 2; ++epoch) {
      outcome.epochs.push_back({.steps = 60,
                                .learning_rate = 0.01,
                                .test_accuracy = 0.9 - lost + 1e-4 * static_cast<double>(draw),
                                .kinks = outcome.first_steps.front()});
    }
    return TrainedNetwork::encode(outcome);
  }
  if (const auto* survey = dynamic_cast<const KinkSurvey*>(&measurement)) {
    test::SyntheticKinks kinks;
    kinks.kinks = kink_evidence::kinks_of(survey->setting);
    return KinkSurvey::encode(test::outcome_of(kinks));
  }
  return Sweep::encode(sweep(draw));
}

class PartialEvidence : public ::testing::TestWithParam<std::string> {
 protected:
  static constexpr std::int64_t networks = 12;

  void SetUp() override {
    settings_.networks = networks;
    settings_.fp64_networks = networks;
    std::vector<StoredDraw> draws;
    for (const MeasurementPtr& measurement : experiment_.measurements()) {
      for (std::int64_t draw = 0; draw < networks; ++draw) {
        draws.push_back({measurement->key(settings_), draw, synthetic(*measurement, draw, settings_)});
      }
    }
    store_.record(draws);
  }

  [[nodiscard]] Results conclude(const Selection& selection, const RunSettings& settings) const {
    Results results;
    results.experiments = {{.id = GetParam(), .title = "", .summary = ""}};
    experiment_.conclude(Evidence(store_, settings, selection), results);
    return results;
  }
  /// The settings of a run that opens only the data sets that it measures on.
  [[nodiscard]] RunSettings settings_of(const Selection& selection) const {
    RunSettings settings = settings_;
    settings.data.clear();
    for (const MeasurementPtr& measurement : selection.of(experiment_.measurements())) {
      settings.data[measurement->setting.data] = settings_.data.at(measurement->setting.data);
    }
    return settings;
  }

  const Experiment& experiment_ = find_experiment(GetParam());
  RunSettings settings_ = test::synthetic_settings();
  test::TemporaryFolder folder_;
  Store store_ = Store::open_for_run(folder_.path() / "results.sqlite");
};

TEST_P(PartialEvidence, GivesTheSameFindingOrNone) {
  std::set<std::string> selections;
  for (const MeasurementPtr& measurement : experiment_.measurements()) {
    for (const FieldValue& field : measurement->field_values()) {
      selections.insert(field.field + "=" + field.value);
    }
    selections.insert("network=" + name(measurement->setting.network) +
                      ",precision=" + std::string(name(measurement->setting.precision)));
  }
  const std::vector<Finding> whole = conclude({}, settings_).findings;
  std::size_t not_selected = 0;
  for (const std::string& conditions : selections) {
    const Selection selection(conditions, selectable_fields(kinds_of_measurement()));
    const Results part = conclude(selection, settings_of(selection));
    ASSERT_EQ(part.findings.size(), whole.size()) << conditions;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      const Finding& finding = part.findings[i];
      SCOPED_TRACE(conditions + ": " + finding.setting);
      EXPECT_EQ(finding.setting, whole[i].setting);
      if (finding.verdict == Verdict::not_run) {
        EXPECT_THAT(finding.why, StartsWith("not selected: "));
        EXPECT_EQ(finding.why.find("its figure is that part's") != std::string::npos,
                  !finding.conditions.empty())
            << "a figure stands there only where the reason says of what: " << finding.measured;
        EXPECT_FALSE(finding.interval.has_value());
        ++not_selected;
      } else {
        EXPECT_EQ(finding.verdict, whole[i].verdict);
        EXPECT_EQ(finding.measured, whole[i].measured);
        EXPECT_EQ(finding.why, whole[i].why);
      }
    }
    const bool is_whole =
        selection.of(experiment_.measurements()).size() == experiment_.measurements().size();
    EXPECT_EQ(is_whole,
              std::none_of(part.findings.begin(), part.findings.end(),
                           [](const Finding& finding) { return finding.verdict == Verdict::not_run; }))
        << conditions;
  }
  EXPECT_EQ(not_selected == 0, experiment_.measurements().size() == 1);
}

TEST_P(PartialEvidence, OnDataThatAreNotThereIsNotRunForThatReason) {
  std::set<DataName> needed;
  for (const MeasurementPtr& measurement : experiment_.measurements()) {
    needed.insert(measurement->setting.data);
  }
  const std::vector<Finding> whole = conclude({}, settings_).findings;
  for (const DataName absent : needed) {
    RunSettings settings = settings_;
    settings.data.erase(absent);
    Results results;
    results.experiments = {{.id = GetParam(), .title = "", .summary = ""}};
    experiment_.conclude(Evidence(store_, settings, {}, {{absent, "no such images here"}}), results);
    ASSERT_EQ(results.findings.size(), whole.size());
    std::size_t not_run = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      const Finding& finding = results.findings[i];
      SCOPED_TRACE(finding.setting);
      if (finding.verdict == Verdict::not_run) {
        EXPECT_EQ(finding.why, "no such images here");
        EXPECT_FALSE(finding.interval.has_value());
        ++not_run;
      } else {
        EXPECT_EQ(finding.verdict, whole[i].verdict);
        EXPECT_EQ(finding.measured, whole[i].measured);
      }
    }
    EXPECT_GT(not_run, 0U);
  }
}

/// What a command says behind "--only".
std::string conditions_of(const std::string& command) {
  const std::string option = " --only ";
  const std::size_t begin = command.find(option);
  return begin == std::string::npos
             ? ""
             : command.substr(begin + option.size(),
                              command.find(' ', begin + option.size()) - begin - option.size());
}

TEST_P(PartialEvidence, AtQuickScaleStaysVisibleAndSaysWhatMeasuresTheRest) {
  const RunSettings quick = test::synthetic_settings();
  test::TemporaryFolder folder;
  Store store = Store::open_for_run(folder.path() / "results.sqlite");
  std::vector<StoredDraw> draws;
  std::size_t left_out = 0;
  for (const MeasurementPtr& measurement : experiment_.measurements()) {
    left_out += measurement->draws(quick) == 0 ? 1 : 0;
    for (std::int64_t draw = 0; draw < measurement->draws(quick); ++draw) {
      draws.push_back({measurement->key(quick), draw, synthetic(*measurement, draw, quick)});
    }
  }
  store.record(draws);
  Results results;
  results.experiments = {{.id = GetParam(), .title = "", .summary = ""}};
  experiment_.conclude(Evidence(store, quick), results);
  EXPECT_EQ(results.findings.size(), conclude({}, settings_).findings.size());
  std::size_t visible = 0;
  std::size_t said = 0;
  for (const Finding& finding : results.findings) {
    SCOPED_TRACE(finding.setting + ": " + finding.why);
    const bool names_command = finding.why.find("relu0 run " + GetParam()) != std::string::npos;
    said += names_command ? 1 : 0;
    if (finding.verdict != Verdict::not_run) {
      ++visible;
      continue;
    }
    EXPECT_TRUE(names_command);
    EXPECT_FALSE(finding.interval.has_value());
    const Selection selection(conditions_of(finding.why), selectable_fields(kinds_of_measurement()));
    EXPECT_TRUE(selection.unmet(experiment_.measurements()).empty());
    const Measurements selected = selection.of(experiment_.measurements());
    EXPECT_TRUE(std::any_of(selected.begin(), selected.end(),
                            [&quick](const MeasurementPtr& of) { return of->draws(quick) == 0; }));
  }
  EXPECT_EQ(visible > 0, left_out < experiment_.measurements().size());
  EXPECT_EQ(said > 0, left_out > 0);
}

TEST_P(PartialEvidence, ServesThePapersClaimsUnderTheirNames) {
  const std::vector<Finding> findings = conclude({}, settings_).findings;
  for (const Finding& finding : findings) {
    SCOPED_TRACE(finding.id + ", " + finding.setting);
    if (!finding.paper_claim.empty()) {
      EXPECT_NO_THROW(find_paper_claim(finding.paper_claim));
    }
    // What a setting says in words, the finding says to a program.
    for (const Precision precision : all_precisions) {
      if (finding.setting.starts_with(name(precision))) {
        EXPECT_EQ(finding.precision, precision);
      }
    }
    for (const Rule rule : all_rules) {
      if (finding.setting.find(name(rule)) != std::string::npos) {
        EXPECT_EQ(finding.rule, rule);
      }
    }
  }
  for (const PaperClaim& of : paper_claims()) {
    if (of.claim.experiment == GetParam()) {
      EXPECT_NE(verdict_of(of.claim, findings), Verdict::not_run)
          << of.claim.id << " has no headline finding, although all was measured";
    }
  }
}

std::vector<std::string> all_experiments() {
  std::vector<std::string> ids;
  for (const Experiment& experiment : experiments()) {
    ids.emplace_back(experiment.id);
  }
  return ids;
}

INSTANTIATE_TEST_SUITE_P(All, PartialEvidence, ::testing::ValuesIn(all_experiments()),
                         [](const auto& parameters) {
                           std::string name = parameters.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace relu0
