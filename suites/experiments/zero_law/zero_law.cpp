#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/zero_law/law_figures.hpp"
#include "suites/experiments/zero_law/law_levels.hpp"
#include "suites/experiments/zero_law/zero_law_settings.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/law_rules.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace relu0::experiment::zero_law {

namespace common = experiments_common;
using law_evidence::LawEvidence;

namespace {

constexpr const char* id = "zero-law";
constexpr Texts text{"zero-law"};

/// Images of a mini-batch: of the MLP, and of the published convolutional networks.
constexpr double mlp_batch = 256;
constexpr double published_conv_batch = 100;
/// binary64's significand.
constexpr double bits_of_fp64 = 53;
/// How far the slope may be from −1 with the law standing.
constexpr double slope_margin = 0.1;

/// All that was measured.
struct Gathered {
  std::map<std::string_view, std::vector<LawEvidence>> by_kernel;
  std::vector<LawEvidence> by_bits;
  std::vector<LawEvidence> by_depth;
  std::vector<LawEvidence> by_width;
  std::optional<LogLinearFit> fit;
};

Gathered gather_all(const Evidence& evidence) {
  Gathered result;
  for (const std::string_view kernel : zero_law_settings::kernels) {
    result.by_kernel[kernel] = law_evidence::gather(zero_law_settings::of_kernel(kernel), evidence);
  }
  result.by_bits = law_evidence::gather(zero_law_settings::of_bits(), evidence);
  result.by_depth = law_evidence::gather(zero_law_settings::of_depth(), evidence);
  result.by_width = law_evidence::gather(zero_law_settings::of_width(), evidence);
  result.fit = law_evidence::fit_by_bits(result.by_bits, mlp_batch);
  return result;
}

/// A finding, whose claim no publication made, with its verdict where its basis allows one.
Finding law_finding(const std::string& finding_id, const std::string& setting, const std::string& claim,
                    Proportion measured, const std::vector<LawEvidence>& evidence,
                    verdict_rules::Decision decision) {
  if (std::all_of(evidence.begin(), evidence.end(),
                  [](const LawEvidence& of_setting) { return of_setting.draws.empty(); })) {
    const verdict_rules::Decision nothing = verdict_rules::descriptive(/*measured=*/false);
    decision.verdict = nothing.verdict;
    decision.why = nothing.why;
  }
  Finding finding = common::finding({.id = finding_id,
                                     .experiment = id,
                                     .claim = claim,
                                     .published = common::nothing_published(),
                                     .source = text("source")},
                                    setting, measured, law_evidence::basis(evidence), decision);
  finding.agreement = text("agreement");
  return finding;
}

void append_kernel_findings(const Gathered& gathered, Results& results) {
  for (const std::string_view kernel : zero_law_settings::kernels) {
    const std::vector<LawEvidence>& evidence = gathered.by_kernel.at(kernel);
    const Proportion inside = law_evidence::inside(evidence);
    const bool stated = kernel != "native";
    Finding finding = law_finding(
        id, fmt::format("kernel {}", kernel), stated ? text("claim.stated-order") : text("claim.native"),
        inside, evidence,
        stated ? verdict_rules::law_holds(inside) : verdict_rules::descriptive(inside.trials > 0));
    double expected = 0;
    std::int64_t counted = 0;
    for (const LawEvidence& of_setting : evidence) {
      expected += of_setting.expected();
      counted += of_setting.counted();
    }
    finding.measured = text("measured.layers", "inside"_a = wording::count(inside), "counted"_a = counted,
                            "expected"_a = expected);
    finding.headline = kernel == zero_law_settings::kernels.front();
    results.findings.push_back(std::move(finding));
  }
}

void append_bits_finding(const Gathered& gathered, Results& results) {
  const std::optional<LogLinearFit>& fit = gathered.fit;
  const std::optional<Interval> slope =
      fit ? std::optional(fit->slope_interval(verdict_rules::confidence)) : std::nullopt;
  Finding finding = law_finding("zero-law-bits", "mlp-3x256, 8 to 40 bits", text("claim.bits"), {},
                                gathered.by_bits, verdict_rules::slope_is(slope, -1, slope_margin));
  finding.measured = text("measured.nothing-to-fit");
  if (fit) {
    const Interval rate = fit->log2_rate_interval(bits_of_fp64, verdict_rules::confidence);
    finding.measured =
        text("measured.slope", "slope"_a = fit->slope(), "slopes"_a = wording::interval(*slope),
             "rate"_a = fit->log2_rate_at(bits_of_fp64), "low"_a = rate.low, "high"_a = rate.high);
    if (finding.verdict != Verdict::not_run) {
      finding.interval = slope;
    }
  }
  results.findings.push_back(std::move(finding));
}

/// One factor of the paper's figures.
struct Factor {
  std::string finding;
  std::string words;  ///< "hidden layers"
  const std::vector<LawEvidence>& evidence;
  std::vector<law_levels::Level> levels;
};

std::vector<Factor> factors(const Gathered& gathered) {
  return {
      {"zero-law-depth", "hidden layers", gathered.by_depth,
       law_levels::levels(gathered.by_depth, &Mlp::hidden_layers, published_by_layers(),
                          &PublishedCount::hidden_layers)},
      {"zero-law-width", "neurons a layer", gathered.by_width,
       law_levels::levels(gathered.by_width, &Mlp::width, published_by_neurons(), &PublishedCount::neurons)}};
}

void append_factor_findings(const Gathered& gathered, Results& results) {
  Table table;
  table.id = "zero-law-levels";
  table.experiment = id;
  table.title = text("levels-table.title");
  table.caption = text("levels-table.caption");
  table.columns = {"factor", "level", "networks", "zeros an epoch", "share with one", "published"};
  for (const Factor& factor : factors(gathered)) {
    const verdict_rules::Decision decision = law_levels::decide(factor.levels);
    Finding finding =
        law_finding(factor.finding, "fp32, kernel portable, 60,000 images",
                    text("claim.grows", "factor"_a = factor.words), {}, factor.evidence, decision);
    finding.precision = Precision::fp32;
    finding.measured = text("measured.levels", "factor"_a = factor.words,
                            "levels"_a = law_levels::values_text(factor.levels),
                            "zeros"_a = law_levels::zeros_text(factor.levels));
    results.findings.push_back(std::move(finding));
    for (const law_levels::Level& level : factor.levels) {
      table.rows.push_back({factor.words, std::to_string(level.value), std::to_string(level.expected.size()),
                            wording::number(level.mean()),
                            fmt::format("{:.3f}", law_evidence::share_with_zero(level.expected)),
                            wording::count(level.published)});
    }
  }
  if (!table.rows.empty()) {
    results.tables.push_back(std::move(table));
  }
}

/// Zeros expected in a mini-batch as the published networks saw them, of one network at fp32 under a kernel.
double conv_rate(const Gathered& gathered, std::string_view kernel, const NetworkChoice& network) {
  double rate = 0;
  for (const LawEvidence& of_setting : gathered.by_kernel.at(kernel)) {
    if (name(of_setting.setting.network) == name(network) &&
        of_setting.setting.precision == Precision::fp32 && of_setting.images() > 0) {
      rate = of_setting.expected() * published_conv_batch / static_cast<double>(of_setting.images());
    }
  }
  return rate;
}

double published_rate(const std::string& network) {
  for (const PublishedFirstImpact& row : published_conv_volume().rows) {
    if (row.network == network && row.precision_bits == 32 && !row.batch_norm) {
      return row.rate();
    }
  }
  throw std::logic_error("no published rate of " + network);
}

std::string answer(const Gathered& gathered) {
  const std::vector<Factor> all = factors(gathered);
  const std::vector<law_levels::Level>& depth = all[0].levels;
  const std::vector<law_levels::Level>& width = all[1].levels;
  std::string result = text("answer.law", "inside"_a = wording::count(law_evidence::inside(
                                              gathered.by_kernel.at(zero_law_settings::kernels.front()))));
  if (gathered.fit) {
    const double rate = gathered.fit->log2_rate_at(bits_of_fp64);
    const Interval rates = gathered.fit->log2_rate_interval(bits_of_fp64, verdict_rules::confidence);
    const double epoch = law_levels::images_of_epoch / mlp_batch;
    result += " " + text("answer.bits", "minibatches"_a = std::exp2(-rate), "low"_a = std::exp2(-rates.high),
                         "high"_a = std::exp2(-rates.low), "networks"_a = std::exp2(-rate) / epoch);
  }
  for (const auto* levels : {&depth, &width}) {
    result +=
        " " + text("answer.factor", "factor"_a = levels == &depth ? all[0].words : all[1].words,
                   "levels"_a = law_levels::values_text(*levels), "zeros"_a = law_levels::zeros_text(*levels),
                   "shares"_a = law_levels::shares_text(*levels),
                   "published"_a = law_levels::published_text(*levels));
  }
  result += " " + text("answer.batch");
  const NetworkChoice vgg = ConvolutionalNetwork{Architecture::vgg11};
  const NetworkChoice resnet = ConvolutionalNetwork{Architecture::resnet18};
  result += " " + text("answer.convolutions", "vgg"_a = conv_rate(gathered, "portable", vgg),
                       "vgg_published"_a = published_rate("vgg11"),
                       "fused"_a = conv_rate(gathered, "portable", resnet),
                       "rounded"_a = conv_rate(gathered, "portable:no-fma", resnet),
                       "resnet_published"_a = published_rate("resnet18"));
  return result;
}

void conclude(const Evidence& evidence, Results& results) {
  const Gathered gathered = gather_all(evidence);
  append_kernel_findings(gathered, results);
  append_bits_finding(gathered, results);
  append_factor_findings(gathered, results);
  std::vector<LawEvidence> of_all_kernels;
  for (const std::string_view kernel : zero_law_settings::kernels) {
    const std::vector<LawEvidence>& of_kernel = gathered.by_kernel.at(kernel);
    law_figures::append_counts(std::string(kernel), of_kernel, results);
    of_all_kernels.insert(of_all_kernels.end(), of_kernel.begin(), of_kernel.end());
  }
  law_figures::append_rates_by_bits(gathered.by_bits, gathered.fit, results);
  law_figures::append_network_table(of_all_kernels, results);
  law_figures::append_layer_table(gathered.by_kernel.at(zero_law_settings::kernels.front()), results);
  const bool answered = evidence.selected_all(as_measurements(zero_law_settings::all()));
  common::set_answer(results, id, answered ? answer(gathered) : text("answer.not-answered"));
}

constexpr Experiment definition{
    .id = id, .measurements = [] { return as_measurements(zero_law_settings::all()); }, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::zero_law

const relu0::Experiment& relu0::zero_law_experiment() { return experiment::zero_law::definition; }
