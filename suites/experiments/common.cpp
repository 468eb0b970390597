#include "suites/experiments/common.hpp"

#include "suites/claims/paper_claims.hpp"
#include "suites/experiments/left_out.hpp"
#include "suites/experiments/text.hpp"
#include "suites/verdicts/lasting.hpp"
#include "suites/verdicts/outlook.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

namespace relu0::experiments_common {

Sweep main_sweep(Precision precision) {
  Sweep sweep({.precision = precision});
  sweep.extent = Extent::all;
  sweep.magnitude = true;
  return sweep;
}

Sweep mlp_sweep(const Mlp& mlp, Precision precision, std::int64_t batch_size) {
  const Sweep main = main_sweep(precision);
  return storage_bits(precision) != 16 && name(mlp) == name(main.setting.network) &&
                 batch_size == main.setting.batch_size
             ? main
             : Sweep({.network = mlp, .precision = precision, .batch_size = batch_size});
}

std::string setting(Precision precision, Rule rule) {
  return fmt::format("{}, {}", name(precision), name(rule));
}

Finding finding(const Statement& statement, const std::string& setting, Proportion measured,
                const Basis& basis, const verdict_rules::Decision& decision) {
  const verdict_rules::Decision kept =
      with_left_out(basis, statement.experiment, kept_decision(basis, decision));
  Finding result;
  result.id = statement.id;
  result.experiment = statement.experiment;
  result.setting = setting;
  result.claim = statement.claim;
  result.published = statement.published;
  result.source = statement.source;
  result.paper_claim = statement.paper_claim;
  result.precision = statement.precision;
  result.rule = statement.rule;
  result.measured = wording::count(measured);
  if (measured.trials > 0 && basis.selected) {
    result.interval = share_interval(measured, verdict_rules::confidence, basis.sampling);
  }
  result.verdict = kept.verdict;
  result.why = kept.why;
  result.decision_rule = kept.rule;
  result.outlook = outlook(basis, measured, kept);
  result.conditions = conditions(basis);
  return result;
}

Conditions conditions(const Basis& basis) {
  std::vector<std::string> keys;
  for (const DrawCount& count : basis.counts) {
    keys.push_back(count.key);
  }
  return conditions_of(keys);
}

verdict_rules::Decision kept_decision(const Basis& basis, const verdict_rules::Decision& decision) {
  if (!basis.without_data.empty()) {
    return without_data(basis.without_data, decision.rule);
  }
  if (!basis.selected_or_left_out()) {
    return not_selected(basis, decision.rule);
  }
  if (!basis.deterministic) {
    return verdict_rules::not_deterministic();
  }
  if (basis.sampling == Sampling::fixed || decision.verdict == Verdict::not_run) {
    return decision;
  }
  if (!decision.at_any_time) {
    return basis.draws() < basis.most_draws()
               ? verdict_rules::only_at_planned_number(decision.rule, basis.draws(), basis.most_draws())
               : decision;
  }
  verdict_rules::Decision kept = decision;
  if (decision.after) {
    kept.rule = verdict_rules::anytime_rule(decision.rule);
  }
  return kept;
}

namespace {

/// The draws that the measurement which has fewest has.
std::int64_t fewest_draws(const Basis& basis) {
  return std::min_element(basis.counts.begin(), basis.counts.end(),
                          [](const DrawCount& a, const DrawCount& b) { return a.draws < b.draws; })
      ->draws;
}

/// Outlook::at_least: the number that the run's scale draws, of the measurement of which it draws fewest.
std::int64_t draws_at_least(const Basis& basis) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (const DrawCount& count : basis.counts) {
    least = std::min({least, count.most, count.usual > 0 ? count.usual : networks_where_left_out});
  }
  return least;
}

}  // namespace

std::optional<Outlook> outlook(const Basis& basis, Proportion measured,
                               const verdict_rules::Decision& decision) {
  const bool open = decision.verdict == Verdict::inconclusive || decision.verdict == Verdict::not_run;
  // What is left out, or stands whatever the number of draws, is not for more draws to decide.
  const bool by_draws = decision.after || !decision.at_any_time || decision.unseen;
  if (basis.sampling == Sampling::fixed || !basis.selected || !open || !by_draws || basis.counts.empty()) {
    return std::nullopt;
  }
  Outlook result;
  for (const DrawCount& count : basis.counts) {
    result.keys.push_back(count.key);
  }
  const std::int64_t draws = basis.draws();
  result.at_least = draws_at_least(basis);
  result.unseen = decision.unseen;
  if (decision.unseen) {
    return result;
  }
  if (!decision.after && draws >= basis.most_draws()) {
    return std::nullopt;
  }
  if (decision.takes_more_reach && fewest_draws(basis) >= result.at_least) {
    return std::nullopt;
  }
  result.only_at_planned_number = !decision.at_any_time && decision.verdict == Verdict::inconclusive;
  if (decision.after && draws > 0) {
    const auto trials = verdict_rules::trials_needed(decision.after);
    // Without trials of its own, the rule counts draws of all settings together.
    const double settings = static_cast<double>(basis.counts.size());
    const double trials_of_a_draw = measured.trials > 0
                                        ? static_cast<double>(measured.trials) / static_cast<double>(draws)
                                        : 1 / settings;
    if (trials) {
      result.more_draws =
          static_cast<std::int64_t>(std::ceil(static_cast<double>(*trials) / (trials_of_a_draw * settings)));
    }
  } else if (draws > 0) {
    const auto missing = static_cast<double>(basis.most_draws() - draws);
    result.more_draws =
        static_cast<std::int64_t>(std::ceil(missing / static_cast<double>(basis.counts.size())));
  }
  return result;
}

verdict_rules::Reach images_reach(const Evidence& evidence, DataName data, std::string_view paper_claim) {
  const PaperClaim& claim = find_paper_claim(paper_claim);
  if (!claim.extent.images) {
    throw std::logic_error(fmt::format("the claim '{}' does not say how many images it is of", paper_claim));
  }
  verdict_rules::Reach reach{
      .unit = "images", .measured = *claim.extent.images, .published = *claim.extent.images};
  if (evidence.settings().data.contains(data)) {
    reach.measured = evidence.settings().images_of(data);
  }
  return reach;
}

verdict_rules::Decision without_data(const std::string& why, const std::string& rule) {
  return {.verdict = Verdict::not_run, .why = why, .rule = rule};
}

verdict_rules::Decision not_selected(const Basis& basis, const std::string& rule) {
  return {.verdict = Verdict::not_run,
          .why = text(basis.draws() > 0 ? "not-selected.in-part" : "not-selected.at-all"),
          .rule = rule};
}

BothRules marked(BothRules decisions) {
  std::string& why = decisions.published_code.why;
  if (decisions.published_code.verdict == Verdict::reproduced &&
      decisions.chain_rule.verdict != Verdict::reproduced) {
    why = text(decisions.chain_rule.verdict == Verdict::not_reproduced ? "published-code.chain-rule-refutes"
                                                                       : "published-code.chain-rule-open",
               "why"_a = why);
  }
  return decisions;
}

void set_answer(Results& results, const std::string& experiment, const std::string& answer) {
  for (ExperimentSection& section : results.experiments) {
    if (section.id == experiment) {
      section.answer = answer;
    }
  }
}

std::string agreement(Proportion measured, Proportion published, const verdict_rules::Reach& reach) {
  return reach.is_full() ? verdict_rules::agreement(measured, published)
                         : verdict_rules::not_comparable(reach);
}

Table count_table(const std::string& experiment, const std::string& first_column,
                  const std::vector<CountRow>& rows, const verdict_rules::Reach& reach) {
  Table table;
  table.id = experiment + "-counts";
  table.experiment = experiment;
  table.title = text("count-table.title");
  table.caption = text("count-table.caption", "confidence_percent"_a = verdict_rules::confidence_percent);
  table.columns = {first_column, "precision",   "rule",      "impacted",
                   "interval",   "first layer", "published", "agreement (first layer)"};
  for (const CountRow& row : rows) {
    if (!row.evidence.selected) {
      continue;
    }
    for (const Rule rule : all_rules) {
      const Proportion measured = row.evidence.in_zone(rule);
      const Proportion first_layer = row.evidence.in_zone_by_first_layer(rule);
      table.rows.push_back(
          {row.label, std::string(name(row.evidence.setting.precision)), std::string(name(rule)),
           wording::count(measured),
           wording::interval(share_interval(measured, verdict_rules::confidence, row.evidence.sampling)),
           wording::fraction(first_layer), row.published ? wording::fraction(*row.published) : "-",
           row.published ? agreement(first_layer, *row.published, reach) : "-"});
    }
  }
  return table;
}

std::string data_file(const std::string& id) { return text("source.data-file", "id"_a = id); }

std::string data_file_on_gpu(const std::string& id) { return text("source.data-file-on-gpu", "id"_a = id); }

std::string figure_of_the_paper() { return text("source.figure"); }

std::string paper() { return text("source.paper"); }

std::string nothing_published() { return text("nothing-published"); }

FigureSeries series(Precision precision, bool published) {
  FigureSeries result;
  result.group = name(precision);
  result.label = result.group + (published ? ", published" : ", measured");
  result.published = published;
  return result;
}

FigureSeries quantile_series(Precision precision, const std::vector<double>& values) {
  FigureSeries result = series(precision, false);
  for (int percent = 5; percent <= 95; percent += 5) {
    const double share = percent / 100.0;
    const auto value = quantile(values, share);
    if (value && *value > 0) {
      result.points.push_back({.x = *value, .y = share, .low = {}, .high = {}});
    }
  }
  return result;
}

std::string with_interval(Proportion share) {
  return fmt::format("{} {}", wording::count(share),
                     wording::interval(clopper_pearson(share, verdict_rules::confidence)));
}

FigurePoint share_point(double x, Proportion proportion) {
  const Interval interval = clopper_pearson(proportion, verdict_rules::confidence);
  return {.x = x, .y = proportion.estimate().value_or(0), .low = interval.low, .high = interval.high};
}

}  // namespace relu0::experiments_common
