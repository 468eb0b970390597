#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/verdicts/wording.hpp"

#include <fmt/format.h>

namespace relu0 {

namespace common = experiments_common;

namespace {

const Mlp linear_first{.relu_after_first = false};

/// The network of the MNIST volume notebook, without a ReLU after the first linear layer, where the claims
/// need it.
constexpr std::array notebook_precisions{Precision::fp16, Precision::fp32};

std::vector<Sweep> sweeps() {
  std::vector<Sweep> sweeps;
  for (const Precision precision : all_precisions) {
    sweeps.push_back(common::main_sweep(precision));
  }
  for (const Precision precision : notebook_precisions) {
    sweeps.push_back(common::mlp_sweep(linear_first, precision));
  }
  return sweeps;
}

/// Of the authors' MNIST notebook.
bool is_notebook(const Setting& setting) { return name(setting.network) == name(linear_first); }

/// A format that the paper did not measure has no published count.
bool was_published(Precision precision) {
  return precision != Precision::bf16 && precision != Precision::tf32;
}

/// The figure whose count belongs beside a setting; the depth figure's 64-bit counts were not measured.
const PublishedFigure& figure_of(const Setting& setting) {
  if (is_notebook(setting)) {
    return published_by_batch_size();
  }
  return setting.precision == Precision::fp64 ? published_by_neurons() : published_by_layers();
}

/// The count published for this network and batch size in one figure.
Proportion published(const PublishedFigure& figure, int bits) {
  for (const PublishedCount& count : figure.counts) {
    if (count.measured && count.precision_bits == bits && count.hidden_layers == 3 && count.neurons == 256 &&
        count.batch_size == 256) {
      return {count.affected, count.networks};
    }
  }
  return {};
}

void append(const SweepEvidence& evidence, Results& results) {
  const Precision precision = evidence.setting.precision;
  const int bits = storage_bits(precision);
  const bool notebook = is_notebook(evidence.setting);
  const PublishedFigure& figure = figure_of(evidence.setting);
  const Proportion theirs = published(figure, bits);
  for (const Rule rule : all_rules) {
    const Proportion measured = evidence.in_zone(rule);
    common::Claim claim{
        .id = "", .experiment = "precision", .claim = "", .published = "", .source = common::source(figure)};
    verdict_rules::Decision decision;
    if (bits == 16) {
      claim.id = "fp16-systematic";
      claim.claim = "at 16 bits the gradient depends on s for every θ";
      decision = verdict_rules::systematic(measured, theirs);
    } else if (bits == 32) {
      claim.id = "fp32-half";
      claim.claim = "at 32 bits the gradient depends on s for about half of the θ";
      decision = verdict_rules::half(measured);
    } else {
      claim.id = "fp64-none";
      claim.claim = "at 64 bits the gradient depends on s for no θ";
      decision = verdict_rules::none(measured, theirs);
    }
    if (!was_published(precision)) {
      claim.published = fmt::format("not measured at {} (its {} bits: {})", name(precision), bits,
                                    wording::fraction(theirs));
    } else if (bits == 32 && !notebook) {
      claim.published = fmt::format("{} by layers, {} by neurons", wording::fraction(theirs),
                                    wording::fraction(published(published_by_neurons(), bits)));
    } else if (bits == 64) {
      claim.published = wording::fraction(theirs) + " by neurons";
    } else {
      claim.published = wording::fraction(theirs);
    }
    Finding finding = common::finding(
        claim, fmt::format("{}, {}", common::setting(precision, rule), name(evidence.setting.network)),
        measured, evidence.basis(), decision);
    const Proportion first_layer = evidence.in_zone_by_first_layer(rule);
    finding.agreement = was_published(precision)
                            ? "first layer only: " + verdict_rules::agreement(first_layer, theirs)
                            : "no published figure to compare with";
    finding.headline = was_published(precision) && !notebook && rule == Rule::chain_rule;
    results.findings.push_back(std::move(finding));
  }
}

void conclude(const Evidence& evidence, Results& results) {
  std::vector<common::CountRow> rows;
  for (const Sweep& sweep : sweeps()) {
    const Setting& setting = sweep.setting;
    const SweepEvidence gathered{evidence.of(sweep)};
    append(gathered, results);
    rows.push_back({name(setting.network), gathered,
                    was_published(setting.precision)
                        ? std::optional(published(figure_of(setting), storage_bits(setting.precision)))
                        : std::nullopt});
  }
  results.tables.push_back(common::count_table("precision", "network", rows));
}

}  // namespace

const Experiment& precision_experiment() {
  static const Experiment experiment{
      .id = "precision",
      .title = "Precision",
      .summary =
          "The paper's network 784-256-256-256-10 at PyTorch's default initialisation, mini-batches of 256 "
          "images of "
          "the training set, pixels in [0, 1]: is there a mini-batch whose gradient differs in some bit "
          "between the "
          "two values of s? At fp16, bf16, tf32, fp32 and fp64, under both rules, and at 16 and 32 bits also "
          "for "
          "the network of the authors' MNIST notebook, which has no ReLU after its first linear layer.",
      .measurements = [] { return as_measurements(sweeps()); },
      .conclude = conclude};
  return experiment;
}

}  // namespace relu0
