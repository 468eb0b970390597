#include "suites/experiments/kernels/kernel_study.hpp"

#include "analysis/statistics/homogeneity_test.hpp"
#include "suites/experiments/kernels/kernel_list.hpp"
#include "suites/experiments/kernels/text.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>

namespace relu0::kernel_study {

namespace common = experiments_common;

namespace {

const RuleOutcome& under(const SweepOutcome& draw, Rule rule) {
  const auto found = std::find_if(draw.rules.begin(), draw.rules.end(),
                                  [rule](const RuleOutcome& of) { return of.rule == rule; });
  if (found == draw.rules.end()) {
    throw StoreError("a measurement in the store lacks one of the two rules; start anew in another folder");
  }
  return *found;
}

Proportion of_minibatches(const OfKernel& kernel,
                          const std::function<std::int64_t(const SweepOutcome&)>& count) {
  Proportion result;
  for (const KernelSweepOutcome& draw : kernel.draws) {
    result.trials += draw.sweep.minibatches;
    result.successes += count(draw.sweep);
  }
  return result;
}

bool same_bits(const KernelSweepOutcome& a, const KernelSweepOutcome& b) {
  return a.gradient_sha256 == b.gradient_sha256 && a.sweep.minibatches == b.sweep.minibatches &&
         a.sweep.zeros == b.sweep.zeros && std::all_of(all_rules.begin(), all_rules.end(), [&](Rule rule) {
           return under(a.sweep, rule).impacted == under(b.sweep, rule).impacted;
         });
}

/// The published index of the first impacted mini-batch at 32 bits, without batch-norm.
const PublishedFirstImpact& published_first_impact(std::string_view network) {
  constexpr int bits = 32;
  const auto& rows = published_conv_volume().rows;
  return *std::find_if(rows.begin(), rows.end(), [&](const PublishedFirstImpact& row) {
    return row.network == network && !row.batch_norm && row.precision_bits == bits;
  });
}

Subject convolutional(Architecture architecture, std::string_view published_name) {
  const PublishedFirstImpact& theirs = published_first_impact(published_name);
  const double rate = theirs.rate();
  return {.setting = {.network = ConvolutionalNetwork{.architecture = architecture},
                      .batch_size = 100,
                      .data = datasets::cifar10},
          .published = {
              .in_words = text("published.rate", "rate"_a = rate),
              .source = common::data_file_on_gpu(published_conv_volume().id),
              .rate = rate,
              .decide = [rate](Proportion ours) { return verdict_rules::at_least_as_often(ours, rate); }}};
}

/// The count for 3 × 256 at 32 bits in the figure by layers.
Subject mlp() {
  constexpr int bits = 32;
  const Setting setting;
  const auto& paper = std::get<Mlp>(setting.network);
  const auto& counts = published_by_layers().counts;
  const PublishedCount& theirs = *std::find_if(counts.begin(), counts.end(), [&](const PublishedCount& of) {
    return of.precision_bits == bits && of.hidden_layers == paper.hidden_layers && of.neurons == paper.width;
  });
  return {.setting = setting,
          .published = {.in_words = text("published.networks", "affected"_a = theirs.affected,
                                         "networks"_a = theirs.networks),
                        .source = common::data_file(published_by_layers().id),
                        .rate = {},
                        .of_networks = true,
                        .decide = [](Proportion ours) { return verdict_rules::half(ours); }}};
}

}  // namespace

std::vector<KernelSweep> Subject::measurements() const {
  std::vector<KernelSweep> result;
  for (const ListedKernel& listed : kernels_for(setting.network)) {
    KernelSweep& sweep = result.emplace_back(setting);
    sweep.setting.kernel = listed.kernel;
    sweep.setting.libraries = listed.libraries;
  }
  return result;
}

const std::vector<Subject>& subjects() {
  static const std::vector<Subject> all{mlp(), convolutional(Architecture::vgg11, "vgg11"),
                                        convolutional(Architecture::resnet18, "resnet18")};
  return all;
}

Proportion OfKernel::with_zeros() const {
  return of_minibatches(*this, [](const SweepOutcome& draw) { return draw.minibatches_with_zeros; });
}

Proportion OfKernel::impacted(Rule rule) const {
  return of_minibatches(*this, [rule](const SweepOutcome& draw) { return impacted_minibatches(draw, rule); });
}

Proportion OfKernel::impacted_networks(Rule rule) const {
  return {std::count_if(
              draws.begin(), draws.end(),
              [rule](const KernelSweepOutcome& draw) { return impacted_minibatches(draw.sweep, rule) > 0; }),
          std::ssize(draws)};
}

std::string OfKernel::computed_by() const { return draws.empty() ? "" : draws.front().computed_by; }

bool OfKernel::same_bits_as(const OfKernel& other) const {
  return !draws.empty() && draws.size() == other.draws.size() &&
         std::equal(draws.begin(), draws.end(), other.draws.begin(), same_bits);
}

verdict_rules::Decision OfKernel::claim(const PublishedClaim& published, Rule rule) const {
  if (!basis.deterministic) {
    return verdict_rules::not_deterministic();
  }
  verdict_rules::Decision decision =
      published.decide(published.of_networks ? impacted_networks(rule) : impacted(rule));
  if (published.of_networks && !every_image) {
    decision.verdict = Verdict::not_run;
    decision.why = text("claim.fewer-images");
  }
  return decision;
}

std::int64_t left_out(const Subject& subject, const RunSettings& settings) {
  const std::vector<KernelSweep> measurements = subject.measurements();
  return std::count_if(measurements.begin(), measurements.end(),
                       [&](const KernelSweep& measurement) { return measurement.draws(settings) == 0; });
}

std::vector<OfKernel> measured(const Subject& subject, const Evidence& evidence) {
  std::vector<OfKernel> result;
  for (const KernelSweep& measurement : subject.measurements()) {
    EvidenceOf<KernelSweepOutcome> draws = evidence.of(measurement);
    // A run through one kernel makes that measurement only.
    const bool other_run = !evidence.settings().measures_other_kernels() && draws.draws.empty();
    if (!draws.selected || other_run || measurement.draws(evidence.settings()) == 0) {
      continue;
    }
    const bool deterministic = std::all_of(draws.draws.begin(), draws.draws.end(),
                                           [](const auto& draw) { return draw.sweep.deterministic; });
    const std::int64_t images = evidence.settings().data.at(measurement.setting.data).images;
    const bool every_image =
        measurement.minibatches(evidence.settings()) * measurement.setting.batch_size >= images;
    result.push_back(
        {measurement.kernel_name(), draws.basis(deterministic), std::move(draws.draws), every_image});
  }
  return result;
}

std::vector<const OfKernel*> with_own_bits(const std::vector<OfKernel>& kernels) {
  std::vector<const OfKernel*> result;
  for (const OfKernel& kernel : kernels) {
    if (!kernel.draws.empty() && std::none_of(result.begin(), result.end(), [&](const OfKernel* before) {
          return kernel.same_bits_as(*before);
        })) {
      result.push_back(&kernel);
    }
  }
  return result;
}

Homogeneity homogeneity(const std::vector<OfKernel>& kernels,
                        const std::function<std::int64_t(const SweepOutcome&)>& count) {
  constexpr std::int64_t permutations = 9'999;
  constexpr std::uint64_t seed = 2021;
  const std::vector<const OfKernel*> own = with_own_bits(kernels);
  Homogeneity result;
  if (own.empty()) {
    return result;
  }
  result.networks = std::ssize(own.front()->draws);
  for (const OfKernel* kernel : own) {
    result.networks = std::min<std::int64_t>(result.networks, std::ssize(kernel->draws));
  }
  std::vector<std::vector<std::int64_t>> counts(static_cast<std::size_t>(result.networks));
  for (const OfKernel* kernel : own) {
    Proportion& rate = result.rates.emplace_back();
    for (std::size_t network = 0; network < counts.size(); ++network) {
      const SweepOutcome& draw = kernel->draws[network].sweep;
      counts[network].push_back(count(draw));
      rate.successes += counts[network].back();
      rate.trials += draw.minibatches;
    }
  }
  result.p = blocked_homogeneity_test(std::move(counts), permutations, seed);
  return result;
}

Proportion Homogeneity::together() const {
  Proportion result;
  for (const Proportion& rate : rates) {
    result.successes += rate.successes;
    result.trials += rate.trials;
  }
  return result;
}

std::int64_t impacted_minibatches(const SweepOutcome& draw, Rule rule) { return under(draw, rule).impacted; }

}  // namespace relu0::kernel_study
