#include "suites/experiments/training/change_comparison.hpp"

#include "suites/experiments/common.hpp"
#include "suites/experiments/training/text.hpp"
#include "suites/experiments/training/training_findings.hpp"

#include <memory>
#include <utility>

#include <fmt/format.h>

namespace relu0::training_study {

namespace {

struct TrainedPair {
  Trained larger;
  Trained smaller;
  double s;

  /// For each draw that both have: by how much the one change is larger.
  [[nodiscard]] std::vector<double> differences(Rule rule) const {
    return by_draw(larger.losses_of(s, rule), smaller.losses_of(s, rule));
  }

  /// The two arms that it rests on, in both conditions.
  [[nodiscard]] Basis basis(Rule rule) const {
    return larger.at(0, rule)
        .evidence.basis()
        .and_also(larger.at(s, rule).evidence.basis())
        .and_also(smaller.at(0, rule).evidence.basis())
        .and_also(smaller.at(s, rule).evidence.basis());
  }
};

void append_finding(const ChangeClaim& claim, const TrainedPair& pair, const RunSettings& settings,
                    Results& results) {
  const Condition& condition = pair.larger.condition;
  const std::int64_t epochs = pair.larger.epochs();
  append({.id = claim.id,
          .experiment = claim.experiment,
          .paper_claim = claim.id,
          .sentence = claim.sentence,
          .published = claim.published,
          .source = experiments_common::data_file_on_gpu("training_final_accuracy"),
          .setting = fmt::format("{} against {}", name(condition), name(pair.smaller.condition)),
          .precision = condition.precision,
          .headline = condition.leads(),
          .reach = reach(pair.larger, claim.published_epochs.value_or(epochs), settings),
          .left_out = left_out_text(claim.experiment, condition, settings),
          .basis = [&pair](Rule rule) { return pair.basis(rule); },
          .decide = [&pair](Rule rule) { return verdict_rules::larger_by_pairs(pair.differences(rule)); },
          .measured =
              [&pair](Rule rule) {
                return text("change.both", "larger"_a = effect_text(pair.larger, pair.s, rule),
                            "smaller"_a = effect_text(pair.smaller, pair.s, rule));
              },
          .differences = [&pair](Rule rule) { return pair.differences(rule); }},
         results);
}

}  // namespace

std::vector<Condition> conditions_of(const std::vector<ChangePair>& pairs) {
  std::vector<Condition> result;
  for (const ChangePair& pair : pairs) {
    result.push_back(pair.larger);
    result.push_back(pair.smaller);
  }
  return result;
}

void conclude_changes(const ChangeClaim& claim, const std::vector<ChangePair>& pairs,
                      const Evidence& evidence, Results& results, const std::vector<Trained>& alone) {
  std::vector<Trained> shown;
  std::vector<Beside> beside;
  for (const ChangePair& pair : pairs) {
    const TrainedPair trained{gather(pair.larger, evidence), gather(pair.smaller, evidence), pair.s};
    append_finding(claim, trained, evidence.settings(), results);
    shown.push_back(trained.larger);
    shown.push_back(trained.smaller);
    beside.push_back({trained.larger, trained.smaller});
  }
  shown.insert(shown.end(), alone.begin(), alone.end());
  append_figures_beside(claim.experiment, beside, results);
  append_figures(claim.experiment, shown, results);
  append_tables(claim.experiment, shown, results);
}

}  // namespace relu0::training_study
