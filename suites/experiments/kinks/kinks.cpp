#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/kinks/kink_evidence.hpp"
#include "suites/experiments/kinks/kink_settings.hpp"
#include "suites/experiments/kinks/kink_tables.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::experiment::kinks {

namespace common = experiments_common;
using kink_evidence::KinkEvidence;
using kink_evidence::OfKink;

namespace {

constexpr const char* id = "kinks";
constexpr Texts text{"kinks"};

auto at(Precision precision) {
  return [precision](const Setting& setting) { return setting.precision == precision; };
}

auto everywhere() {
  return [](const Setting& /*setting*/) { return true; };
}

/// A finding whose published claim, if any, has no figure.
Finding finding_on(const common::Statement& statement, const std::string& setting, Proportion measured,
                   const Basis& basis, const verdict_rules::Decision& decision) {
  Finding finding = common::finding(statement, setting, measured, basis, decision);
  finding.agreement = text("agreement");
  return finding;
}

/// The decision on a count of networks of several settings.
verdict_rules::Decision by_seed(verdict_rules::Decision decision) {
  decision.rule = text("rule.by-seed", "rule"_a = decision.rule);
  return decision;
}

auto with_biases(bool biases) {
  return [biases](const Setting& setting) { return kink_settings::has_biases(setting.network) == biases; };
}

/// What one kind of kink does at each precision, in networks with biases or without.
void append_kink_finding(const std::vector<KinkEvidence>& evidence, Kink kink, bool biases,
                         Results& results) {
  const auto among = [biases](Precision precision) {
    return [precision, wanted = with_biases(biases)](const Setting& setting) {
      return setting.precision == precision && wanted(setting);
    };
  };
  std::vector<std::string> rates;
  for (const Precision precision : all_precisions) {
    const OfKink of = kink_evidence::pool(evidence, kink, among(precision));
    if (of.hit.trials > 0) {
      rates.push_back(text("measured.rate", "precision"_a = name(precision),
                           "hits"_a = wording::number(of.hits_per_minibatch()),
                           "hit"_a = wording::fraction(of.hit), "reached"_a = wording::fraction(of.reached),
                           "impacted"_a = wording::fraction(of.impacted),
                           "change"_a = wording::number(of.median_change())));
    }
  }
  const OfKink fp32 = kink_evidence::pool(evidence, kink, among(Precision::fp32));
  const Basis basis = kink_evidence::pool(evidence, kink, with_biases(biases)).basis;
  Finding finding = finding_on({.id = id,
                                .experiment = id,
                                .claim = text("claim.rate", "kink"_a = name(kink)),
                                .published = common::nothing_published(),
                                .source = text("source.none"),
                                .precision = Precision::fp32},
                               fmt::format("{}, {} biases, fp32", name(kink), biases ? "with" : "without"),
                               fp32.impacted, basis, verdict_rules::descriptive(!rates.empty()));
  finding.measured = rates.empty() ? text("measured.nothing") : fmt::format("{}", fmt::join(rates, "; "));
  finding.agreement = text("agreement-of-minibatches");
  results.findings.push_back(std::move(finding));
}

/// Max-pool ties at low precision, network by network.
void append_tie_findings(const std::vector<KinkEvidence>& evidence, Results& results) {
  for (const Precision precision : all_precisions) {
    const OfKink ties = kink_evidence::pool(evidence, Kink::max_pool_tie, at(precision));
    const bool low = storage_bits(precision) == 16;
    Finding finding = finding_on({.id = "max-pool-ties",
                                  .experiment = id,
                                  .claim = text(low ? "claim.ties-at-16-bits" : "claim.ties"),
                                  .published = low ? text("published.ties") : common::nothing_published(),
                                  .source = text("source.boustany"),
                                  .precision = precision},
                                 fmt::format("LeNet-5 with and without biases, {}", name(precision)),
                                 ties.networks, ties.basis,
                                 low ? by_seed(verdict_rules::happens(ties.networks, ties.basis.sampling))
                                     : verdict_rules::descriptive(ties.networks.trials > 0));
    const ZeroCounts& origins = ties.figures.origins;
    finding.measured =
        text("measured.ties", "networks"_a = wording::count(ties.networks),
             "impacted"_a = wording::count(ties.impacted), "mean"_a = wording::count(ties.to_middle),
             "change"_a = wording::number(ties.median_change()),
             "largest"_a = wording::number(quantile(ties.figures.sides.relative_l2, 1)),
             "over_reals"_a = origins.structural + origins.exact, "rounding"_a = origins.rounding,
             "undecided"_a = origins.undecided);
    finding.headline = precision == Precision::fp16;
    results.findings.push_back(std::move(finding));
  }
}

/// Networks that meet a ReLU's kink over the reals, at fp32: θ has 24 bits then.
OfKink relus(const std::vector<KinkEvidence>& evidence, const std::function<bool(const Setting&)>& wanted) {
  return kink_evidence::pool(evidence, Kink::relu, [&wanted](const Setting& setting) {
    return setting.precision == Precision::fp32 && wanted(setting);
  });
}

bool is_lenet_without_biases(const Setting& setting) {
  return std::holds_alternative<ConvolutionalNetwork>(setting.network) &&
         !kink_settings::has_biases(setting.network);
}

bool is_mlp_without_biases(const Setting& setting) {
  return std::holds_alternative<Mlp>(setting.network) && !kink_settings::has_biases(setting.network);
}

/// Networks in which the publication expects kinks over the reals, in which it excludes them, and those of
/// which it says nothing.
enum class Expected { kinks, none, nothing };

void append_bias_finding(const std::string& networks, const OfKink& found, Expected expected,
                         const RunSettings& settings, Results& results) {
  const ZeroCounts& origins = found.figures.origins;
  verdict_rules::Decision decision =
      expected == Expected::kinks ? verdict_rules::happens(found.met_over_reals, found.basis.sampling)
      : expected == Expected::none
          ? by_seed(verdict_rules::almost_none(found.met_over_reals, found.basis.sampling))
          : verdict_rules::descriptive(found.met_over_reals.trials > 0);
  if (expected == Expected::none && origins.undecided > 0 && decision.verdict == Verdict::reproduced) {
    decision = verdict_rules::undecided(origins.undecided, text("undecided"), found.most_bits,
                                        settings.max_reference_bits);
  }
  Finding finding = finding_on(
      {.id = "bias-free",
       .experiment = id,
       .claim = text(expected == Expected::kinks ? "claim.without-biases" : "claim.with-biases"),
       .published =
           expected == Expected::nothing
               ? common::nothing_published()
               : text(expected == Expected::kinks ? "published.without-biases" : "published.with-biases"),
       .source = text("source.lee"),
       .precision = Precision::fp32},
      networks, found.met_over_reals, found.basis, decision);
  finding.measured = text("measured.over-reals", "networks"_a = wording::count(found.met_over_reals),
                          "structural"_a = origins.structural, "exact"_a = origins.exact,
                          "rounding"_a = origins.rounding, "undecided"_a = origins.undecided);
  finding.headline = expected == Expected::kinks;
  results.findings.push_back(std::move(finding));
}

void append_bias_findings(const std::vector<KinkEvidence>& evidence, const RunSettings& settings,
                          Results& results) {
  append_bias_finding("LeNet-5 without biases, fp32", relus(evidence, is_lenet_without_biases),
                      Expected::kinks, settings, results);
  append_bias_finding("mlp-3x256 without biases, fp32", relus(evidence, is_mlp_without_biases),
                      Expected::nothing, settings, results);
  append_bias_finding("mlp-3x256 and LeNet-5 with biases, fp32", relus(evidence, with_biases(true)),
                      Expected::none, settings, results);
}

/// All kinds of kink together.
struct Between {
  BetweenSides mean;
  BetweenSides assigned;
  Basis basis;
};

void add(const BetweenSides& more, BetweenSides& to) {
  to.judged += more.judged;
  to.inside += more.inside;
  to.distances.insert(to.distances.end(), more.distances.begin(), more.distances.end());
}

Between between_sides_of(const std::vector<KinkEvidence>& evidence) {
  Between result;
  for (const Kink kink : all_kinks) {
    const OfKink of = kink_evidence::pool(evidence, kink, everywhere());
    add(of.figures.between, result.mean);
    add(of.figures.assigned, result.assigned);
    result.basis = result.basis.and_also(of.basis);
  }
  return result;
}

void append_between_findings(const Between& found, Results& results) {
  for (const bool assigned : {false, true}) {
    const BetweenSides& between = assigned ? found.assigned : found.mean;
    const Proportion inside{between.inside, between.judged};
    Finding finding = finding_on({.id = "between-sides",
                                  .experiment = id,
                                  .claim = text(assigned ? "claim.assigned" : "claim.mean"),
                                  .published = common::nothing_published(),
                                  .source = text(assigned ? "source.none" : "source.lee"),
                                  .rule = assigned ? Rule::published_code : Rule::chain_rule},
                                 assigned ? "published-code, all kinks" : "chain-rule, all kinks", inside,
                                 found.basis, verdict_rules::descriptive(inside.trials > 0));
    finding.measured = text("measured.between", "inside"_a = wording::count(inside),
                            "median"_a = wording::number(quantile(between.distances, 0.5)),
                            "largest"_a = wording::number(quantile(between.distances, 1)));
    finding.agreement = text("agreement-of-minibatches");
    results.findings.push_back(std::move(finding));
  }
}

std::string answer(const std::vector<KinkEvidence>& evidence, const Between& between) {
  const auto sentence_at = [&](Precision precision) {
    std::vector<std::string> kinks;
    for (const Kink kink : all_kinks) {
      const OfKink of = kink_evidence::pool(evidence, kink, at(precision));
      kinks.push_back(fmt::format("{} {}", name(kink), wording::fraction(of.impacted)));
    }
    return text("answer.rates", "precision"_a = name(precision), "rates"_a = fmt::join(kinks, ", "));
  };
  ZeroCounts origins;
  for (const Kink kink : all_kinks) {
    origins.add(kink_evidence::pool(evidence, kink, everywhere()).figures.origins);
  }
  const OfKink without = relus(evidence, is_lenet_without_biases);
  const OfKink with = relus(evidence, with_biases(true));
  const auto ties_move_by = [&](Precision precision) {
    return wording::number(kink_evidence::pool(evidence, Kink::max_pool_tie, at(precision)).median_change());
  };
  return fmt::format(
      "{} {} {} {} {} {}", sentence_at(Precision::fp16), sentence_at(Precision::fp32),
      text("answer.ties", "fp16"_a = ties_move_by(Precision::fp16), "fp32"_a = ties_move_by(Precision::fp32),
           "fp64"_a = ties_move_by(Precision::fp64)),
      text("answer.zones", "explained"_a = origins.total(),
           "over_reals"_a = origins.structural + origins.exact, "rounding"_a = origins.rounding),
      text("answer.biases", "without"_a = wording::fraction(without.met_over_reals),
           "with"_a = wording::fraction(with.met_over_reals)),
      text("answer.between", "mean"_a = wording::count({between.mean.inside, between.mean.judged}),
           "assigned"_a = wording::count({between.assigned.inside, between.assigned.judged})));
}

void conclude(const Evidence& evidence, Results& results) {
  const std::vector<KinkSurvey> measurements = kink_settings::all();
  const std::vector<KinkEvidence> gathered = kink_evidence::gather(measurements, evidence);
  for (const Kink kink : all_kinks) {
    append_kink_finding(gathered, kink, true, results);
    append_kink_finding(gathered, kink, false, results);
  }
  append_tie_findings(gathered, results);
  append_bias_findings(gathered, evidence.settings(), results);
  const Between between = between_sides_of(gathered);
  append_between_findings(between, results);
  kink_tables::append_figure(gathered, results);
  kink_tables::append_table(gathered, results);
  const bool answered =
      evidence.selected_all(as_measurements(measurements)) && kink_evidence::anything(gathered);
  common::set_answer(results, id, answered ? answer(gathered, between) : text("answer.not-answered"));
}

constexpr Experiment definition{
    .id = id, .measurements = [] { return as_measurements(kink_settings::all()); }, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::kinks

const relu0::Experiment& relu0::kinks_experiment() { return experiment::kinks::definition; }
