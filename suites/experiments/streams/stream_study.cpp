#include "suites/experiments/streams/stream_study.hpp"

#include "suites/experiments/common.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/wording.hpp"

#include <utility>

#include <fmt/format.h>

namespace relu0::stream_study {

namespace common = experiments_common;

namespace {

constexpr Texts text{"shared-streams"};

Stream stream_of(const Study& study, const ConvolutionalNetwork& network, Precision precision,
                 const std::optional<KernelChoice>& kernel) {
  Stream stream({.network = network,
                 .precision = precision,
                 .batch_size = study.batch_size,
                 .data = study.data,
                 .kernel = kernel});
  stream.one_minibatch_of = study.one_minibatch_of;
  return stream;
}

/// The kernels that a network in an arithmetic goes through: absent for the run's.
std::vector<std::optional<KernelChoice>> kernels_of(const Study& study, const ConvolutionalNetwork& network,
                                                    Precision precision) {
  std::vector<std::optional<KernelChoice>> result{std::nullopt};
  for (const FixedKernel& fixed : study.kernels) {
    if (name(fixed.network) == name(network) && fixed.precision == precision) {
      result.emplace_back(fixed.kernel);
    }
  }
  return result;
}

/// Images and what is done to them: "CIFAR-10 images (random crop after padding 4, flip)".
std::string images_in_words(const Study& study) {
  return fmt::format("{} images ({})", name(study.data), name(study.data->training_transform));
}

FigureSeries published_series(const PublishedFirstImpact& theirs, Precision precision) {
  FigureSeries series = common::series(precision, true);
  series.label = fmt::format("{} bits, published", theirs.precision_bits);
  for (const auto& [index, share] : {std::pair{theirs.quartile_25, 0.75},
                                     {theirs.median, 0.5},
                                     {theirs.quartile_75, 0.25},
                                     {theirs.maximum, 0.0}}) {
    series.points.push_back({.x = index + 1, .y = share, .low = {}, .high = {}});
  }
  return series;
}

FigureSeries measured_series(const FirstImpacts& ours, Precision precision) {
  FigureSeries series = common::series(precision, false);
  for (const std::int64_t minibatches : ours.survival_places()) {
    series.points.push_back(
        common::share_point(static_cast<double>(minibatches), ours.surviving(minibatches)));
  }
  return series;
}

Figure figure_of(const Study& study, const ConvolutionalNetwork& network, Rule rule) {
  Figure figure;
  figure.id = fmt::format("{}-{}-{}", study.id, name(network), name(rule));
  figure.experiment = study.id;
  figure.title = text("figure.title", "network"_a = name(network), "rule"_a = name(rule));
  figure.x = {.label = "mini-batches", .logarithmic = true, .low = {}, .high = {}};
  figure.y = {.label = "share of networks", .logarithmic = false, .low = 0, .high = 1};
  return figure;
}

}  // namespace

Measurements measurements(const Study& study) {
  std::vector<Stream> streams;
  for (const Precision precision : study.precisions) {
    for (const ConvolutionalNetwork& network : study.networks) {
      for (const auto& kernel : kernels_of(study, network, precision)) {
        streams.push_back(stream_of(study, network, precision, kernel));
      }
    }
  }
  return as_measurements(streams);
}

std::vector<Measured> measured(const Study& study, const Evidence& evidence) {
  std::vector<Measured> result;
  for (const ConvolutionalNetwork& network : study.networks) {
    for (const Precision precision : study.precisions) {
      for (const auto& kernel : kernels_of(study, network, precision)) {
        const KernelChoice& of_run = evidence.settings().kernel;
        if (kernel && !evidence.settings().measures_other_kernels()) {
          continue;
        }
        const SweepEvidence draws{evidence.of(stream_of(study, network, precision, kernel))};
        Measured& entry = result.emplace_back(Measured{
            network, precision, name(kernel.value_or(of_run)), !kernel, draws.basis(), draws.control(), {}});
        for (const Rule rule : all_rules) {
          entry.impacts[rule] = first_impacts(draws, rule);
        }
      }
    }
  }
  return result;
}

void append_findings(const Study& study, const Measured& of, const Statement& statement, Results& results) {
  const auto quantity = [&](Rule rule) { return (of.impacts.at(rule).*statement.quantity)(); };
  const auto under = [&](Rule rule) { return statement.decide(quantity(rule), of.basis.sampling); };
  const common::BothRules decisions = common::marked({under(Rule::chain_rule), under(Rule::published_code)});
  for (const Rule rule : all_rules) {
    Finding finding =
        common::finding({.id = study.id,
                         .experiment = study.id,
                         .claim = statement.claim,
                         .published = statement.published,
                         .source = statement.source,
                         .paper_claim = statement.paper_claim,
                         .precision = of.precision,
                         .rule = rule},
                        fmt::format("{}, {}{}", common::setting(of.precision, rule), name(of.network),
                                    of.by_run_kernel ? "" : fmt::format(", kernel {}", of.kernel)),
                        quantity(rule), of.basis, decisions.of(rule));
    finding.measured = of.impacts.at(rule).in_words(quantity(rule));
    finding.agreement = statement.agreement;
    finding.headline = statement.headline && rule == Rule::chain_rule;
    results.findings.push_back(std::move(finding));
  }
}

void append_figures(const Study& study, const std::vector<Measured>& all, const PublishedAt& published,
                    Results& results) {
  for (const ConvolutionalNetwork& network : study.networks) {
    for (const Rule rule : all_rules) {
      Figure figure = figure_of(study, network, rule);
      bool any_published = false;
      bool any_selected = false;
      for (const Measured& of : all) {
        if (name(of.network) != name(network) || !of.basis.selected || !of.by_run_kernel) {
          continue;
        }
        any_selected = true;
        FigureSeries ours = measured_series(of.impacts.at(rule), of.precision);
        if (!ours.points.empty()) {
          figure.series.push_back(std::move(ours));
        }
        // The published 16 bits are binary16; its 32 bits stand once, beside fp32.
        const PublishedFirstImpact* theirs = published(network, of.precision);
        if (theirs != nullptr && (of.precision == Precision::fp16 || of.precision == Precision::fp32)) {
          figure.series.push_back(published_series(*theirs, of.precision));
          any_published = true;
        }
      }
      figure.caption = text(any_published ? "figure.caption-with-published" : "figure.caption",
                            "batch_size"_a = study.batch_size, "images"_a = images_in_words(study),
                            "confidence_percent"_a = verdict_rules::confidence_percent);
      if (any_selected) {
        results.figures.push_back(std::move(figure));
      }
    }
  }
}

Table overview(const Study& study, const std::vector<Measured>& all, const PublishedAt& published) {
  Table table;
  table.id = study.id + "-overview";
  table.experiment = study.id;
  table.title = text("table.title");
  table.caption =
      text("table.caption", "batch_size"_a = study.batch_size, "images"_a = images_in_words(study),
           "confidence_percent"_a = verdict_rules::confidence_percent);
  table.columns = {"network",
                   "arithmetic",
                   "kernel",
                   "rule",
                   "impacted networks",
                   "index of the first",
                   "impacted mini-batches",
                   "meet a zero",
                   "a gradient reaches it",
                   "control",
                   "published index"};
  for (const Measured& of : all) {
    if (!of.basis.selected) {
      continue;
    }
    const PublishedFirstImpact* theirs = published(of.network, of.precision);
    for (const Rule rule : all_rules) {
      const FirstImpacts& ours = of.impacts.at(rule);
      table.rows.push_back({name(of.network), std::string(name(of.precision)), of.kernel,
                            std::string(name(rule)), wording::fraction(ours.networks()), ours.mean_index(),
                            wording::count(ours.rate()), wording::count(ours.with_zeros),
                            wording::count(ours.reached), of.control,
                            theirs == nullptr ? "-" : fmt::format("{:g}", theirs->mean)});
    }
  }
  return table;
}

const PublishedFirstImpact* nothing_published(const ConvolutionalNetwork& /*network*/,
                                              Precision /*precision*/) {
  return nullptr;
}

void append_results(const Study& study, const std::vector<Measured>& all, const PublishedAt& published,
                    const std::function<Statement(const Measured&)>& statement_on, Results& results) {
  for (const Measured& of : all) {
    append_findings(study, of, statement_on(of), results);
  }
  append_figures(study, all, published, results);
  results.tables.push_back(overview(study, all, published));
}

}  // namespace relu0::stream_study
