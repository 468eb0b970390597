#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/first_impacts.hpp"
#include "suites/wording.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace common = experiments_common;

namespace {

constexpr std::array precisions{Precision::fp16, Precision::bf16, Precision::tf32, Precision::fp32};
constexpr std::int64_t batch_size = 100;

/// A network of the experiment and what the paper has of it.
struct Studied {
  Architecture architecture;
  bool batch_norm;
  const char* published;  ///< its name in the published file

  [[nodiscard]] ConvolutionalNetwork network() const {
    return {.architecture = architecture, .batch_norm = batch_norm};
  }
};

constexpr std::array studied{
    Studied{Architecture::vgg11, false, "vgg11"}, Studied{Architecture::vgg11, true, "vgg11"},
    Studied{Architecture::resnet18, false, "resnet18"}, Studied{Architecture::resnet18, true, "resnet18"}};

Cell cell_of(const Studied& at, Precision precision) {
  Cell cell;
  cell.network = at.network();
  cell.precision = precision;
  cell.batch_size = batch_size;
  cell.data = DataName::cifar10;
  cell.work = StreamWork{};
  return cell;
}

std::vector<Cell> cells() {
  std::vector<Cell> result;
  for (const Precision precision : precisions) {
    for (const Studied& at : studied) {
      result.push_back(cell_of(at, precision));
    }
  }
  return result;
}

/// The published row of a network at so many bits. The authors' 32 bits on a GPU may have been tf32 or fp32.
const PublishedFirstImpact& published(const Studied& at, Precision precision) {
  const auto& rows = published_conv_volume().rows;
  return *std::find_if(rows.begin(), rows.end(), [&](const PublishedFirstImpact& row) {
    return row.network == at.published && row.batch_norm == at.batch_norm &&
           row.precision_bits == storage_bits(precision);
  });
}

double published_rate(const PublishedFirstImpact& theirs) { return 1 / (1 + theirs.mean); }

/// The published figure in words; 16 bits were binary16, and 32 bits on a GPU may have been tf32.
std::string published_text(const PublishedFirstImpact& theirs, Precision precision) {
  const std::string figure = fmt::format("{}/{}; mean index of the first impacted mini-batch {:g}",
                                         theirs.affected, theirs.networks, theirs.mean);
  return precision == Precision::bf16 ? fmt::format("not measured at bf16 (its 16 bits: {})", figure)
                                      : figure;
}

void append_finding(const Studied& at, const CellEvidence& evidence, Rule rule, Results& results) {
  const PublishedFirstImpact& theirs = published(at, evidence.cell.precision);
  const FirstImpacts ours = first_impacts(evidence, rule);
  common::Claim claim{
      .id = "conv-volume",
      .experiment = "conv-volume",
      .claim = "every convolutional network is in the bifurcation zone, and a few mini-batches show it",
      .published = published_text(theirs, evidence.cell.precision),
      .source = published_conv_volume().id + ".csv of deel-ai/relu-prime, on a GPU"};
  Finding finding = common::finding(
      claim, fmt::format("{}, {}", common::setting(evidence.cell.precision, rule), name(at.network())),
      ours.rate(), evidence.deterministic(),
      verdict_rules::at_least_as_often(ours.rate(), published_rate(theirs)));
  finding.measured =
      fmt::format("{} networks impacted within {} mini-batches; index {}; of the mini-batches {}",
                  wording::fraction(ours.networks()), ours.most_minibatches, ours.mean_index(),
                  wording::count(ours.rate()));
  finding.agreement = "interval of the rate of impacted mini-batches, as if they were independent";
  finding.headline = rule == Rule::chain_rule && evidence.cell.precision == Precision::fp32;
  results.findings.push_back(std::move(finding));
}

/// The published quartiles and maximum as points of a survival curve.
FigureSeries published_survival(const Studied& at, Precision precision) {
  const PublishedFirstImpact& theirs = published(at, precision);
  FigureSeries series = common::series(precision, true);
  series.label = fmt::format("{} bits, published", storage_bits(precision));
  for (const auto& [index, share] : {std::pair{theirs.quartile_25, 0.75},
                                     {theirs.median, 0.5},
                                     {theirs.quartile_75, 0.25},
                                     {theirs.maximum, 0.0}}) {
    series.points.push_back({.x = index + 1, .y = share, .low = {}, .high = {}});
  }
  return series;
}

void append_figure(const Studied& at, const Evidence& evidence, Results& results) {
  Figure figure;
  figure.id = "conv-volume-" + name(at.network());
  figure.experiment = "conv-volume";
  figure.title = fmt::format("{}: networks without an impacted mini-batch so far", name(at.network()));
  figure.caption = fmt::format(
      "Chain rule, all parameters compared, mini-batches of {} augmented CIFAR-10 images; bars are {:.0f} % "
      "Clopper-Pearson intervals. Dashed, hollow: the published quartiles and maximum (16 and 32 bits on a "
      "GPU).",
      batch_size, 100 * verdict_rules::confidence);
  figure.x = {.label = "mini-batches", .logarithmic = true, .low = {}, .high = {}};
  figure.y = {.label = "share of networks", .logarithmic = false, .low = 0, .high = 1};
  for (const Precision precision : precisions) {
    const FirstImpacts ours = first_impacts(evidence.of(cell_of(at, precision)), Rule::chain_rule);
    FigureSeries series = common::series(precision, false);
    for (const std::int64_t minibatches : ours.survival_places()) {
      series.points.push_back(
          common::share_point(static_cast<double>(minibatches), ours.surviving(minibatches)));
    }
    if (!series.points.empty()) {
      figure.series.push_back(std::move(series));
    }
    if (precision == Precision::fp16 || precision == Precision::fp32) {
      figure.series.push_back(published_survival(at, precision));
    }
  }
  results.figures.push_back(std::move(figure));
}

/// What the arithmetics and rules do to each network, and an answer in words that the rows bear out.
Table lens(const Evidence& evidence) {
  Table table;
  table.id = "conv-volume-lens";
  table.experiment = "conv-volume";
  table.title = "Which arithmetic and which rule give the published result";
  table.columns = {"network",
                   "arithmetic",
                   "rule",
                   "impacted networks",
                   "index of the first",
                   "impacted mini-batches",
                   "meet a zero",
                   "a gradient reaches it",
                   "control",
                   "published"};
  std::vector<std::string> of_published_order;
  std::vector<std::string> far_below;
  for (const Studied& at : studied) {
    for (const Precision precision : precisions) {
      const CellEvidence of_cell = evidence.of(cell_of(at, precision));
      const PublishedFirstImpact& theirs = published(at, precision);
      for (const Rule rule : all_rules) {
        const FirstImpacts ours = first_impacts(of_cell, rule);
        const auto verdict = verdict_rules::at_least_as_often(ours.rate(), published_rate(theirs)).verdict;
        const std::string which = fmt::format("{} {} {}", name(at.network()), name(precision), name(rule));
        if (verdict == Verdict::reproduced) {
          of_published_order.push_back(which);
        } else if (verdict == Verdict::not_reproduced) {
          far_below.push_back(which);
        }
        table.rows.push_back({name(at.network()), std::string(name(precision)), std::string(name(rule)),
                              wording::fraction(ours.networks()), ours.mean_index(),
                              wording::count(ours.rate()), wording::count(ours.with_zeros),
                              wording::count(ours.reached), of_cell.deterministic() ? "same bits" : "differs",
                              fmt::format("{:g}", theirs.mean)});
      }
    }
  }
  const auto listed = [](const std::vector<std::string>& all) {
    return all.empty() ? std::string("none") : fmt::format("{}", fmt::join(all, "; "));
  };
  table.caption = fmt::format(
      "Index of the first impacted mini-batch, counted from 0, and the rate of impacted ones, both with "
      "{:.0f} "
      "% intervals as if mini-batches were independent. A zero is met at a ReLU; it has an effect under the "
      "chain rule only where a gradient other than 0 reaches it, under the published code always. Of the "
      "published order (a quarter of the published rate at least): {}. Certainly below: {}. The rest is "
      "open.",
      100 * verdict_rules::confidence, listed(of_published_order), listed(far_below));
  return table;
}

void conclude(const Evidence& evidence, Results& results) {
  for (const Studied& at : studied) {
    for (const Precision precision : precisions) {
      const CellEvidence of_cell = evidence.of(cell_of(at, precision));
      for (const Rule rule : all_rules) {
        append_finding(at, of_cell, rule, results);
      }
    }
    append_figure(at, evidence, results);
  }
  results.tables.push_back(lens(evidence));
}

}  // namespace

const Experiment& conv_volume_experiment() {
  static const Experiment experiment{
      .id = "conv-volume",
      .title = "Convolutional networks",
      .summary =
          "VGG11 and ResNet18, each with and without batch-norm, at PyTorch's default initialisation of "
          "every "
          "convolution and linear layer; CIFAR-10 in mini-batches of 100, shuffled, cropped at random after "
          "a "
          "padding of 4, flipped with probability 1/2, channels normalised. How many mini-batches does it "
          "take "
          "until the gradient of one depends on s? The paper reports, for 32 bits on a GPU and without a "
          "control, 3 to 15; here fp16, bf16, tf32 and fp32 are told apart, under both rules.",
      .cells = cells,
      .conclude = conclude};
  return experiment;
}

}  // namespace relu0
