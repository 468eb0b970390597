#include "suites/experiments/zone_volume/level_study.hpp"

#include "suites/experiments/common.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/lasting.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace common = experiments_common;

namespace {

constexpr Texts level_text{"shared-levels"};

}  // namespace

std::vector<Sweep> LevelStudy::sweeps() const {
  std::vector<Sweep> sweeps;
  for (const Precision precision : precisions) {
    for (const Level& level : levels) {
      sweeps.push_back(common::mlp_sweep(level.mlp, precision, level.batch_size));
    }
  }
  return sweeps;
}

verdict_rules::Reach LevelStudy::reach(const Evidence& evidence) const {
  return common::images_reach(evidence, datasets::mnist, experiment);
}

std::vector<std::vector<bool>> LevelEvidence::blocks(Rule rule) const {
  std::size_t draws = levels.empty() ? 0 : levels.front().draws.size();
  for (const SweepEvidence& level : levels) {
    draws = std::min(draws, level.draws.size());
  }
  std::vector<std::vector<bool>> blocks(draws);
  for (std::size_t draw = 0; draw < draws; ++draw) {
    for (const SweepEvidence& level : levels) {
      blocks[draw].push_back(level.under(rule, draw).first_impacted.has_value());
    }
  }
  return blocks;
}

Basis LevelEvidence::basis() const {
  Basis all;
  for (const SweepEvidence& level : levels) {
    all = all.and_also(level.basis());
  }
  return all;
}

std::vector<LevelEvidence> gather(const LevelStudy& study, const Evidence& evidence) {
  std::vector<LevelEvidence> all;
  for (const Precision precision : study.precisions) {
    LevelEvidence& at_precision = all.emplace_back(LevelEvidence{precision, {}});
    for (const Level& level : study.levels) {
      at_precision.levels.push_back({evidence.of(common::mlp_sweep(level.mlp, precision, level.batch_size))});
    }
  }
  return all;
}

namespace {

/// The published count at that precision and level, if there is one. The paper's "32 bits" are compared with
/// fp32 only and its "16 bits" with fp16 only.
std::optional<Proportion> published_at(const LevelStudy& study, Precision precision, double x) {
  if (precision == Precision::bf16 || precision == Precision::tf32) {
    return std::nullopt;
  }
  for (const PublishedCount& count : study.published->counts) {
    if (count.measured && count.precision_bits == storage_bits(precision) && study.published_x(count) == x) {
      return Proportion{count.affected, count.networks};
    }
  }
  return std::nullopt;
}

std::string level_label(const Level& level) { return fmt::format("{:g}", level.x); }

}  // namespace

verdict_rules::Decision of_all_levels(const LevelStudy& study, const LevelEvidence& evidence,
                                      verdict_rules::Decision decision) {
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < study.levels.size(); ++i) {
    if (evidence.levels[i].draws.empty()) {
      missing.push_back(level_label(study.levels[i]));
    }
  }
  if (missing.empty() || missing.size() == study.levels.size()) {
    return decision;
  }
  return {.verdict = Verdict::inconclusive,
          .why = level_text("why.levels-missing", "factor"_a = study.factor,
                            "levels"_a = fmt::join(missing, ", ")),
          .rule = decision.rule,
          .at_any_time = true,
          .unseen = true};
}

void append_figure_and_table(const LevelStudy& study, const std::vector<LevelEvidence>& evidence,
                             const verdict_rules::Reach& reach, Results& results) {
  Figure figure;
  figure.id = study.experiment;
  figure.experiment = study.experiment;
  figure.title = level_text("figure.title", "factor"_a = study.factor);
  figure.caption = level_text("figure.caption", "confidence_percent"_a = verdict_rules::confidence_percent);
  if (!reach.is_full()) {
    figure.caption = level_text("figure.caption-reduced", "caption"_a = figure.caption,
                                "not_comparable"_a = verdict_rules::not_comparable(reach));
  }
  figure.x = {.label = study.factor, .logarithmic = study.logarithmic, .low = {}, .high = {}};
  figure.y = {.label = "share of networks", .logarithmic = false, .low = 0, .high = 1};
  std::vector<common::CountRow> rows;
  for (const LevelEvidence& at_precision : evidence) {
    FigureSeries ours = common::series(at_precision.precision, false);
    FigureSeries theirs = common::series(at_precision.precision, true);
    for (std::size_t i = 0; i < study.levels.size(); ++i) {
      const Level& level = study.levels[i];
      const auto published = published_at(study, at_precision.precision, level.x);
      if (!at_precision.levels[i].draws.empty()) {
        ours.points.push_back(common::share_point(level.x, at_precision.levels[i].in_zone(Rule::chain_rule)));
      }
      if (published) {
        theirs.points.push_back(common::share_point(level.x, *published));
      }
      rows.push_back({level_label(level), at_precision.levels[i], published});
    }
    for (FigureSeries* series : {&ours, &theirs}) {
      if (!series->points.empty()) {
        figure.series.push_back(std::move(*series));
      }
    }
  }
  results.figures.push_back(std::move(figure));
  results.tables.push_back(common::count_table(study.experiment, study.factor, rows, reach));
}

std::string published_counts(const LevelStudy& study, Precision precision) {
  std::vector<std::string> parts;
  for (const Level& level : study.levels) {
    if (const auto published = published_at(study, precision, level.x)) {
      parts.push_back(fmt::format("{}: {}", level_label(level), wording::fraction(*published)));
    }
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string measured_counts(const LevelStudy& study, const LevelEvidence& evidence, Rule rule) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < study.levels.size(); ++i) {
    parts.push_back(fmt::format("{}: {}", level_label(study.levels[i]),
                                wording::fraction(evidence.levels[i].in_zone(rule))));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string level_agreement(const LevelStudy& study, const LevelEvidence& evidence,
                            const verdict_rules::Reach& reach, Rule rule) {
  if (!reach.is_full()) {
    return verdict_rules::not_comparable(reach);
  }
  std::vector<std::string> differing;
  std::size_t compared = 0;
  for (std::size_t i = 0; i < study.levels.size(); ++i) {
    const auto published = published_at(study, evidence.precision, study.levels[i].x);
    if (!published || evidence.levels[i].draws.empty()) {
      continue;
    }
    ++compared;
    // The published counts look at the first layer only.
    const double p = fisher_exact(evidence.levels[i].in_zone_by_first_layer(rule), *published);
    if (p < verdict_rules::level) {
      differing.push_back(fmt::format("{} (p = {})", level_label(study.levels[i]), wording::p_value(p)));
    }
  }
  if (compared == 0) {
    return common::nothing_published();
  }
  return differing.empty() ? level_text("agreement.no-level-differs", "compared"_a = compared,
                                        "level"_a = verdict_rules::level)
                           : level_text("agreement.levels-differ", "level"_a = verdict_rules::level,
                                        "factor"_a = study.factor, "levels"_a = fmt::join(differing, ", "));
}

void append_growth_findings(const LevelStudy& study, const LevelEvidence& evidence,
                            const verdict_rules::Reach& reach, bool headline, Results& results) {
  for (const Rule rule : all_rules) {
    const auto blocks = evidence.blocks(rule);
    const bool saturated = std::all_of(blocks.begin(), blocks.end(), [](const std::vector<bool>& block) {
      return std::equal(block.begin() + 1, block.end(), block.begin());
    });
    const Basis basis = evidence.basis();
    const auto draws = blocks.size();
    const auto decision = verdict_rules::held_against(
        verdict_rules::lasting(verdict_rules::grows(trend_test(blocks, basis.sampling), draws, saturated),
                               verdict_rules::LevelCounts::of(blocks), basis.sampling,
                               [=](const verdict_rules::LevelCounts& counts) {
                                 return verdict_rules::grows(anytime::trend_test(counts.trend), draws,
                                                             saturated);
                               }),
        reach, Verdict::reproduced);
    Finding finding = common::finding({.id = study.experiment,
                                       .experiment = study.experiment,
                                       .claim = level_text("claim.grows", "factor"_a = study.factor),
                                       .published = published_counts(study, evidence.precision),
                                       .source = common::data_file(study.published->id),
                                       .paper_claim = study.experiment,
                                       .precision = evidence.precision,
                                       .rule = rule},
                                      common::setting(evidence.precision, rule), {}, basis,
                                      of_all_levels(study, evidence, decision));
    finding.measured = measured_counts(study, evidence, rule);
    finding.agreement = level_agreement(study, evidence, reach, rule);
    finding.headline = headline && rule == Rule::chain_rule;
    results.findings.push_back(std::move(finding));
  }
}

void append_fp64_findings(const LevelStudy& study, const LevelEvidence& evidence,
                          const verdict_rules::Reach& reach, Results& results) {
  const auto none = [sampling = evidence.basis().sampling](Proportion ours) {
    return verdict_rules::none(ours, {0, 1000}, sampling);
  };
  const std::string published = published_counts(study, Precision::fp64);
  for (const Rule rule : all_rules) {
    Proportion any;
    for (const auto& block : evidence.blocks(rule)) {
      ++any.trials;
      any.successes += std::find(block.begin(), block.end(), true) != block.end() ? 1 : 0;
    }
    Finding finding = common::finding(
        {.id = "fp64-none",
         .experiment = study.experiment,
         .claim = level_text("claim.fp64-none", "factor"_a = study.factor),
         .published = published.empty() ? level_text("published.fp64-not-measured") : published,
         .source = common::data_file(study.published->id),
         .paper_claim = "fp64-none",
         .precision = evidence.precision,
         .rule = rule},
        fmt::format("{}, all {}", common::setting(evidence.precision, rule), study.factor), any,
        evidence.basis(), of_all_levels(study, evidence, verdict_rules::held_against(any, reach, none)));
    finding.part_seen = verdict_rules::part_seen(reach);
    finding.agreement = level_agreement(study, evidence, reach, rule);
    results.findings.push_back(std::move(finding));
  }
}

}  // namespace relu0
