#include "suites/experiments/training/training_effects.hpp"

#include "analysis/statistics/mean_interval.hpp"
#include "fixtures/count_text.hpp"
#include "suites/experiments/common.hpp"
#include "suites/experiments/training/text.hpp"
#include "suites/experiments/training/training_findings.hpp"
#include "suites/verdicts/verdict_rules.hpp"
#include "suites/verdicts/wording.hpp"

#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>
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

/// The effect of an s under one rule.
struct Effect {
  double mean = 0;
  std::optional<Interval> interval;  ///< absent: too few draws, or none

  [[nodiscard]] bool is_shown() const { return interval && interval->excludes(0); }
};

Effect effect_of(const std::vector<double>& losses) {
  return {.mean = losses.empty() ? 0
                                 : std::accumulate(losses.begin(), losses.end(), 0.0) /
                                       static_cast<double>(losses.size()),
          .interval = mean_interval(losses, verdict_rules::confidence)};
}

/// In how many combinations s has an effect: by whether it is shown under the published code and the chain
/// rule.
struct Tally {
  std::size_t rows = 0;  ///< combinations that both rules have an interval of
  std::size_t open = 0;  ///< the others
  std::int64_t both = 0;
  std::int64_t published_only = 0;
  std::int64_t chain_only = 0;
  double largest_mean = 0;
  std::string largest;  ///< the largest effect that is shown, in words; empty: none is

  void count(const Effect& chain, const Effect& published) {
    const bool is_open = !chain.interval || !published.interval;
    open += is_open ? 1 : 0;
    rows += is_open ? 0 : 1;
    both += !is_open && chain.is_shown() && published.is_shown() ? 1 : 0;
    published_only += !is_open && !chain.is_shown() && published.is_shown() ? 1 : 0;
    chain_only += !is_open && chain.is_shown() && !published.is_shown() ? 1 : 0;
  }
  void compare(const Effect& effect, const Trained& of, double s, Rule rule) {
    if (effect.is_shown() && std::abs(effect.mean) > largest_mean) {
      largest_mean = std::abs(effect.mean);
      largest = text("effects.answer.largest", "effect"_a = effect_text(of, s, rule),
                     "trained"_a = name(of.condition), "rule"_a = name(rule));
    }
  }
};

std::string answer_of(const Tally& tally) {
  if (tally.rows + tally.open == 0) {
    return text("effects.answer.not-measured");
  }
  constexpr double missed_percent = 100 - verdict_rules::confidence_percent;
  std::string answer = text(
      "effects.answer.measured",
      "rows"_a = count_text(tally.rows, "combination of training and s", "combinations of training and s"),
      "both"_a = tally.both, "published"_a = tally.published_only, "chain"_a = tally.chain_only,
      "missed_percent"_a = missed_percent,
      "by_chance"_a = 2 * static_cast<double>(tally.rows) * missed_percent / 100,
      "confidence_percent"_a = verdict_rules::confidence_percent);
  if (!tally.largest.empty()) {
    answer = fmt::format("{} {}", tally.largest, answer);
  }
  if (tally.open > 0) {
    answer +=
        " " + text("effects.answer.open", "open"_a = count_text(tally.open, "combination", "combinations"));
  }
  return answer;
}

/// The findings of what one s changes in a condition, under each rule. basis: what they rest on.
void append_findings(const std::string& experiment, const Trained& of, double s, const std::string& setting,
                     const std::function<Basis(Rule)>& basis, const RunSettings& settings, Results& results) {
  append({.id = "training-effect",
          .experiment = experiment,
          .paper_claim = "",
          .sentence = text("effects.claim"),
          .published = text("effects.published"),
          .source = experiments_common::data_file_on_gpu("training_final_accuracy"),
          .setting = setting,
          .precision = of.condition.precision,
          .reach = {},
          .left_out = left_out_text(experiment, of.condition, settings),
          .basis = basis,
          .decide = [&](Rule rule) { return verdict_rules::descriptive(!of.losses_of(s, rule).empty()); },
          .measured = [&](Rule rule) { return effect_text(of, s, rule); },
          .differences = [&](Rule rule) { return of.losses_of(s, rule); }},
         results);
}

void append_findings(const std::string& experiment, const Trained& of, EffectFindings findings,
                     const RunSettings& settings, Results& results) {
  if (findings == EffectFindings::of_largest_s) {
    append_findings(
        experiment, of, of.condition.levels.back(), name(of.condition),
        [&](Rule rule) { return of.basis(rule); }, settings, results);
    return;
  }
  for (const double s : of.condition.levels) {
    if (s != 0) {
      append_findings(
          experiment, of, s, fmt::format("{}, s = {}", name(of.condition), s),
          [&](Rule rule) {
            return of.at(0, rule).evidence.basis().and_also(of.at(s, rule).evidence.basis());
          },
          settings, results);
    }
  }
}

}  // namespace

void append_effects(const std::string& experiment, const std::vector<Trained>& all, EffectFindings findings,
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
    append_findings(experiment, of, findings, settings, results);
    for (const double s : of.condition.levels) {
      if (s == 0 || !of.measured()) {
        continue;
      }
      const std::vector<double> published = of.losses_of(s, Rule::published_code);
      const std::vector<double> chain = of.losses_of(s, Rule::chain_rule);
      const Effect by_chain = effect_of(chain);
      const Effect by_published = effect_of(published);
      tally.count(by_chain, by_published);
      tally.compare(by_chain, of, s, Rule::chain_rule);
      tally.compare(by_published, of, s, Rule::published_code);
      const Arm& at_zero = of.at(0, Rule::chain_rule);
      table.rows.push_back({name(of.condition), fmt::format("{}", s), mean_text(published), mean_text(chain),
                            entering_text(at_zero, Rule::published_code),
                            entering_text(at_zero, Rule::chain_rule),
                            parted_text(parted_from(of, s, Rule::published_code)),
                            parted_text(parted_from(of, s, Rule::chain_rule))});
    }
  }
  experiments_common::set_answer(results, experiment, answer_of(tally));
  if (!table.rows.empty()) {
    results.tables.push_back(std::move(table));
  }
}

}  // namespace relu0::training_study
