#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/kinks/kink_evidence.hpp"
#include "suites/experiments/kinks/kink_settings.hpp"
#include "suites/experiments/kinks/kink_tables.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

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
Finding finding_on(const common::Claim& claim, const std::string& setting, Proportion measured,
                   const Basis& basis, const verdict_rules::Decision& decision) {
  Finding finding = common::finding(claim, setting, measured, basis, decision);
  finding.agreement = text("agreement");
  return finding;
}

/// What one kind of kink does at each precision.
void append_kink_finding(const std::vector<KinkEvidence>& evidence, Kink kink, Results& results) {
  std::vector<std::string> rates;
  for (const Precision precision : all_precisions) {
    const OfKink of = kink_evidence::pool(evidence, kink, at(precision));
    if (of.hit.trials > 0) {
      rates.push_back(text("measured.rate", "precision"_a = name(precision),
                           "hits"_a = wording::number(of.hits_per_minibatch()),
                           "hit"_a = wording::fraction(of.hit), "reached"_a = wording::fraction(of.reached),
                           "impacted"_a = wording::fraction(of.impacted),
                           "change"_a = wording::number(of.median_change())));
    }
  }
  const OfKink fp32 = kink_evidence::pool(evidence, kink, at(Precision::fp32));
  const Basis basis = kink_evidence::pool(evidence, kink, everywhere()).basis;
  Finding finding = finding_on({.id = id,
                                .experiment = id,
                                .claim = text("claim.rate", "kink"_a = name(kink)),
                                .published = common::nothing_published(),
                                .source = text("source.none")},
                               fmt::format("{}, fp32", name(kink)), fp32.impacted, basis,
                               verdict_rules::descriptive(!rates.empty()));
  finding.measured = rates.empty() ? text("measured.nothing") : fmt::format("{}", fmt::join(rates, "; "));
  results.findings.push_back(std::move(finding));
}

/// Max-pool ties at low precision, network by network.
void append_tie_findings(const std::vector<KinkEvidence>& evidence, Results& results) {
  for (const Precision precision : all_precisions) {
    const OfKink ties = kink_evidence::pool(evidence, Kink::max_pool_tie, at(precision));
    const bool low = storage_bits(precision) == 16;
    Finding finding = finding_on(
        {.id = "max-pool-ties",
         .experiment = id,
         .claim = text(low ? "claim.ties-at-16-bits" : "claim.ties"),
         .published = low ? text("published.ties") : common::nothing_published(),
         .source = text("source.boustany")},
        fmt::format("LeNet-5 with and without biases, {}", name(precision)), ties.networks, ties.basis,
        low ? verdict_rules::happens(ties.networks) : verdict_rules::descriptive(ties.networks.trials > 0));
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

/// Networks, each once, that meet a ReLU's kink over the reals.
struct OverReals {
  Proportion networks;
  ZeroCounts origins;
  Basis basis;
};

OverReals relus_over_reals(const std::vector<KinkEvidence>& evidence, bool biases, bool max_pools) {
  const OfKink found = kink_evidence::pool(evidence, Kink::relu, [&](const Setting& setting) {
    return setting.precision == Precision::fp32 && kink_settings::has_biases(setting.network) == biases &&
           std::holds_alternative<ConvolutionalNetwork>(setting.network) == max_pools;
  });
  return {.networks = found.met_over_reals, .origins = found.figures.origins, .basis = found.basis};
}

void append_bias_findings(const std::vector<KinkEvidence>& evidence, const RunSettings& settings,
                          Results& results) {
  for (const bool convolutional : {true, false}) {
    for (const bool biases : {false, true}) {
      const OverReals found = relus_over_reals(evidence, biases, convolutional);
      const bool expected = convolutional && !biases;
      verdict_rules::Decision decision =
          expected ? verdict_rules::happens(found.networks) : verdict_rules::almost_none(found.networks);
      if (!expected && found.origins.undecided > 0 && decision.verdict == Verdict::reproduced) {
        decision =
            verdict_rules::undecided(found.origins.undecided, text("undecided"), settings.max_reference_bits);
      }
      Finding finding =
          finding_on({.id = "bias-free",
                      .experiment = id,
                      .claim = text(expected ? "claim.without-biases" : "claim.with-biases"),
                      .published = text(expected ? "published.without-biases" : "published.with-biases"),
                      .source = text("source.lee")},
                     fmt::format("{} {} biases, fp32", convolutional ? "LeNet-5" : "mlp-3x256",
                                 biases ? "with" : "without"),
                     found.networks, found.basis, decision);
      finding.measured = text("measured.over-reals", "networks"_a = wording::count(found.networks),
                              "structural"_a = found.origins.structural, "exact"_a = found.origins.exact,
                              "rounding"_a = found.origins.rounding, "undecided"_a = found.origins.undecided);
      finding.headline = expected;
      results.findings.push_back(std::move(finding));
    }
  }
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
                                  .source = text(assigned ? "source.none" : "source.lee")},
                                 assigned ? "published-code, all kinks" : "chain-rule, all kinks", inside,
                                 found.basis, verdict_rules::descriptive(inside.trials > 0));
    finding.measured = text("measured.between", "inside"_a = wording::count(inside),
                            "median"_a = wording::number(quantile(between.distances, 0.5)),
                            "largest"_a = wording::number(quantile(between.distances, 1)));
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
  const OverReals without = relus_over_reals(evidence, /*biases=*/false, /*max_pools=*/true);
  const OverReals with = relus_over_reals(evidence, /*biases=*/true, /*max_pools=*/true);
  return fmt::format(
      "{} {} {} {} {}", sentence_at(Precision::fp16), sentence_at(Precision::fp32),
      text("answer.zones", "explained"_a = origins.total(),
           "over_reals"_a = origins.structural + origins.exact, "rounding"_a = origins.rounding),
      text("answer.biases", "without"_a = wording::fraction(without.networks),
           "with"_a = wording::fraction(with.networks)),
      text("answer.between", "mean"_a = wording::count({between.mean.inside, between.mean.judged}),
           "assigned"_a = wording::count({between.assigned.inside, between.assigned.judged})));
}

void conclude(const Evidence& evidence, Results& results) {
  const std::vector<KinkSurvey> measurements = kink_settings::all();
  const std::vector<KinkEvidence> gathered = kink_evidence::gather(measurements, evidence);
  for (const Kink kink : all_kinks) {
    append_kink_finding(gathered, kink, results);
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

}  // namespace

const Experiment& kinks_experiment() {
  static const Experiment experiment{
      .id = id, .measurements = [] { return as_measurements(kink_settings::all()); }, .conclude = conclude};
  return experiment;
}

}  // namespace relu0
