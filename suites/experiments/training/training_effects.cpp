#include "suites/experiments/training/training_effects.hpp"

#include "analysis/statistics/mean_interval.hpp"
#include "suites/experiments/common.hpp"
#include "suites/experiments/training/text.hpp"
#include "suites/experiments/training/training_findings.hpp"
#include "suites/verdicts/verdict_rules.hpp"
#include "suites/verdicts/wording.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

namespace relu0::training_study {

namespace {

/// What s = 1 would let in at kinks, in the median training with s = 0.
std::string entering_text(const Arm& at_zero, Rule rule) {
  std::vector<double> shares;
  for (const TrainingOutcome& outcome : at_zero.evidence.draws) {
    KinkFlow flow;
    for (const EpochOutcome& epoch : outcome.epochs) {
      flow += epoch.kinks;
    }
    shares.push_back(flow.share({.value = 1, .rule = rule}));
  }
  return wording::number(quantile(shares, 0.5));
}

std::string parted_text(std::optional<std::int64_t> epoch) {
  return epoch ? std::to_string(*epoch) : text("effects.table.not-parted");
}

/// How the effect of an s under one rule came out.
enum class Effect { shown, none_shown, not_measured };

Effect effect_of(const std::vector<double>& losses) {
  const std::optional<Interval> interval = mean_interval(losses, verdict_rules::confidence);
  if (!interval) {
    return Effect::not_measured;
  }
  return interval->excludes(0) ? Effect::shown : Effect::none_shown;
}

/// In how many rows s has an effect: by whether it is shown under the published code and the chain rule.
struct Tally {
  std::int64_t rows = 0;
  std::int64_t both = 0;
  std::int64_t published_only = 0;
  std::int64_t chain_only = 0;

  void count(Effect chain, Effect published) {
    ++rows;
    both += chain == Effect::shown && published == Effect::shown ? 1 : 0;
    published_only += chain != Effect::shown && published == Effect::shown ? 1 : 0;
    chain_only += chain == Effect::shown && published != Effect::shown ? 1 : 0;
  }
};

/// The findings of what s changes in a condition, under each rule.
void append_findings(const std::string& experiment, const Trained& of, bool headline,
                     const RunSettings& settings, Results& results) {
  const double s = of.condition.levels.back();
  append(
      {.id = "training-effect",
       .experiment = experiment,
       .paper_claim = "",
       .sentence = text("effects.claim"),
       .published = text("effects.published"),
       .source = experiments_common::data_file_on_gpu("training_final_accuracy"),
       .setting = name(of.condition),
       .precision = of.condition.precision,
       .headline = headline,
       .reach = {},
       .left_out = left_out_text(experiment, of.condition, settings),
       .basis = [&of](Rule of_rule) { return of.basis(of_rule); },
       .decide = [&of,
                  s](Rule of_rule) { return verdict_rules::descriptive(!of.losses_of(s, of_rule).empty()); },
       .measured = [&of, s](Rule of_rule) { return effect_text(of, s, of_rule); },
       .differences = [&of, s](Rule of_rule) { return of.losses_of(s, of_rule); }},
      results);
}

}  // namespace

void append_effects(const std::string& experiment, const std::vector<Trained>& all, bool headline,
                    const RunSettings& settings, Results& results) {
  Table table;
  table.id = experiment;
  table.experiment = experiment;
  table.title = text("effects.table.title");
  table.caption = text("effects.table.caption", "confidence_percent"_a = verdict_rules::confidence_percent);
  table.columns = {"trained",
                   "s",
                   "ahead of it: published-code",
                   "ahead of it: chain-rule",
                   "entering by s = 1: published-code",
                   "entering by s = 1: chain-rule",
                   "parted from epoch: published-code",
                   "parted from epoch: chain-rule"};
  Tally tally;
  for (const Trained& of : all) {
    append_findings(experiment, of, headline, settings, results);
    for (const double s : of.condition.levels) {
      if (s == 0 || !of.measured()) {
        continue;
      }
      const std::vector<double> published = of.losses_of(s, Rule::published_code);
      const std::vector<double> chain = of.losses_of(s, Rule::chain_rule);
      tally.count(effect_of(chain), effect_of(published));
      const Arm& at_zero = of.at(0, Rule::chain_rule);
      table.rows.push_back({name(of.condition), fmt::format("{}", s), mean_text(published), mean_text(chain),
                            entering_text(at_zero, Rule::published_code),
                            entering_text(at_zero, Rule::chain_rule),
                            parted_text(parted_from(of, s, Rule::published_code)),
                            parted_text(parted_from(of, s, Rule::chain_rule))});
    }
  }
  constexpr double missed_percent = 100 - verdict_rules::confidence_percent;
  experiments_common::set_answer(
      results, experiment,
      tally.rows == 0 ? text("effects.answer.not-measured")
                      : text("effects.answer.measured", "rows"_a = tally.rows, "both"_a = tally.both,
                             "published"_a = tally.published_only, "chain"_a = tally.chain_only,
                             "missed_percent"_a = missed_percent,
                             "by_chance"_a = 2 * static_cast<double>(tally.rows) * missed_percent / 100,
                             "confidence_percent"_a = verdict_rules::confidence_percent));
  if (!table.rows.empty()) {
    results.tables.push_back(std::move(table));
  }
}

}  // namespace relu0::training_study
