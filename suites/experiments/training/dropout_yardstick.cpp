#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/training/training_conditions.hpp"
#include "suites/experiments/training/training_findings.hpp"
#include "suites/texts/texts.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace relu0::experiment::dropout_yardstick {

namespace {

namespace study = training_study;

constexpr Texts text{"dropout-yardstick"};

/// The probability whose change is held against that of s, among those that were published.
constexpr double probability = 0.5;
constexpr double s = 1;

struct Yardstick {
  study::Condition without;       ///< trained with several s
  study::Condition with_dropout;  ///< trained with s = 0
};

study::Condition published_network(double dropout) {
  study::Condition result =
      study::wide_digits(dropout, dropout == 0 ? std::vector<double>{0, s} : std::vector<double>{0});
  result.headline = true;
  return result;
}

std::vector<Yardstick> yardsticks() {
  return {{study::digits(Precision::fp32), study::digits_with_dropout(probability)},
          {published_network(0), published_network(probability)}};
}

/// The published network with each of the other published probabilities.
std::vector<study::Condition> by_probability() {
  std::vector<study::Condition> result;
  for (const PublishedAccuracy& row : published_dropout_accuracy()) {
    if (row.dropout != 0 && row.dropout != probability) {
      result.push_back(published_network(row.dropout));
    }
  }
  return result;
}

std::vector<study::Condition> conditions() {
  std::vector<study::Condition> result;
  for (const Yardstick& of : yardsticks()) {
    result.push_back(of.without);
    result.push_back(of.with_dropout);
  }
  const std::vector<study::Condition> others = by_probability();
  result.insert(result.end(), others.begin(), others.end());
  return result;
}

Measurements measurements() { return study::measurements(conditions()); }

std::vector<double> magnitudes(std::vector<double> values) {
  std::transform(values.begin(), values.end(), values.begin(), [](double value) { return std::abs(value); });
  return values;
}

/// The two changes of each draw.
struct Changes {
  study::Trained without;
  study::Trained with_dropout;

  [[nodiscard]] std::vector<double> by_dropout() const {
    return study::by_draw(without.at(0, Rule::chain_rule).accuracies(),
                          with_dropout.at(0, Rule::chain_rule).accuracies());
  }
  /// |change by s| − |change by dropout|
  [[nodiscard]] std::vector<double> differences(Rule rule) const {
    return study::by_draw(magnitudes(without.losses_of(s, rule)), magnitudes(by_dropout()));
  }
  [[nodiscard]] Basis basis(Rule rule) const {
    return without.at(0, rule)
        .evidence.basis()
        .and_also(without.at(s, rule).evidence.basis())
        .and_also(with_dropout.at(0, rule).evidence.basis());
  }
};

void append_finding(const Changes& changes, const RunSettings& settings, Results& results) {
  const study::Condition& condition = changes.without.condition;
  study::append(
      {.id = "dropout",
       .experiment = "dropout-yardstick",
       .paper_claim = "dropout",
       .sentence = text("claim", "s"_a = s, "probability"_a = probability),
       .published = text("published"),
       .source = experiments_common::data_file_on_gpu("mnist_dropout_final_accuracy"),
       .setting = name(condition),
       .precision = condition.precision,
       .headline = true,
       // The published protocol says "to the end": the paper's scale stands for that.
       .reach = study::reach(changes.without, condition.paper.epochs, settings),
       .left_out = study::left_out_text("dropout-yardstick", condition, settings),
       .basis = [&changes](Rule rule) { return changes.basis(rule); },
       .decide = [&changes](Rule rule) { return verdict_rules::larger_by_pairs(changes.differences(rule)); },
       .measured =
           [&changes](Rule rule) {
             return text("measured", "s"_a = study::effect_text(changes.without, s, rule),
                         "dropout"_a = study::mean_text(changes.by_dropout()));
           },
       .differences = [&changes](Rule rule) { return changes.differences(rule); }},
      results);
}

void conclude(const Evidence& evidence, Results& results) {
  std::vector<study::Trained> shown;
  for (const Yardstick& of : yardsticks()) {
    const Changes changes{study::gather(of.without, evidence), study::gather(of.with_dropout, evidence)};
    append_finding(changes, evidence.settings(), results);
    shown.push_back(changes.without);
    shown.push_back(changes.with_dropout);
  }
  for (const study::Condition& of : by_probability()) {
    shown.push_back(study::gather(of, evidence));
  }
  study::append_figures("dropout-yardstick", shown, results);
  study::append_tables("dropout-yardstick", shown, results);
}

constexpr Experiment definition{
    .id = "dropout-yardstick", .measurements = measurements, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::dropout_yardstick

const relu0::Experiment& relu0::dropout_yardstick_experiment() {
  return experiment::dropout_yardstick::definition;
}
