#include "suites/tests/findings/exact_surveys.hpp"

#include "analysis/statistics/statistics.hpp"
#include "suites/experiments/common.hpp"
#include "suites/measurements/divergence.hpp"
#include "suites/measurements/stream.hpp"
#include "suites/measurements/zero_origins.hpp"

#include <cmath>

#include <fmt/format.h>

namespace relu0::test {

namespace common = experiments_common;

namespace {

const KernelChoice portable{.family = KernelFamily::portable};

Counts count_sweeps(const std::vector<nlohmann::json>& draws) {
  Counts counts;
  std::vector<double> magnitudes;
  for (const nlohmann::json& values : draws) {
    const SweepOutcome outcome = Sweep::decode(values);
    counts["not deterministic"] += outcome.deterministic ? 0 : 1;
    counts["mini-batches"] += outcome.minibatches;
    counts["mini-batches with a zero"] += outcome.minibatches_with_zeros;
    counts["images with a zero"] += outcome.samples_with_zeros;
    for (const std::int64_t zeros : outcome.zeros) {
      counts["zeros"] += zeros;
    }
    for (const RuleOutcome& rule : outcome.rules) {
      counts[fmt::format("impacted networks, {}", name(rule.rule))] += rule.first_impacted ? 1 : 0;
      counts[fmt::format("impacted networks by their first layer, {}", name(rule.rule))] +=
          rule.first_layer ? 1 : 0;
      counts[fmt::format("impacted mini-batches, {}", name(rule.rule))] += rule.impacted;
      if (rule.rule == Rule::chain_rule) {
        magnitudes.insert(magnitudes.end(), rule.relative_l2.begin(), rule.relative_l2.end());
      }
    }
  }
  if (const auto median = quantile(magnitudes, 0.5)) {
    counts["power of ten of the median magnitude, chain-rule"] =
        static_cast<std::int64_t>(std::floor(std::log10(*median)));
  }
  return counts;
}

Counts count_divergences(const std::vector<nlohmann::json>& draws) {
  Counts counts;
  for (const nlohmann::json& values : draws) {
    const DivergenceOutcome outcome = Divergence::decode(values);
    counts["not deterministic"] += outcome.deterministic ? 0 : 1;
    counts["trainings that met a zero"] += outcome.first_zero ? 1 : 0;
    counts["iterations before the first zero, where there is one"] += outcome.first_zero.value_or(0);
    for (const RuleDivergence& rule : outcome.rules) {
      counts[fmt::format("trainings that drift apart, {}", name(rule.rule))] += rule.first_different ? 1 : 0;
    }
  }
  return counts;
}

Counts count_zero_origins(const std::vector<nlohmann::json>& draws) {
  Counts counts;
  for (const nlohmann::json& values : draws) {
    const ZeroOriginsOutcome outcome = ZeroOrigins::decode(values);
    counts["not deterministic"] += outcome.deterministic ? 0 : 1;
    counts["mini-batches"] += outcome.minibatches;
    counts["zeros made by rounding"] += outcome.zeros().rounding;
    counts["zeros that are exact"] += outcome.zeros().exact;
    counts["structural zeros"] += outcome.zeros().structural;
    counts["undecided zeros"] += outcome.zeros().undecided;
    counts["true zeros of the reference"] += outcome.true_zeros.total();
  }
  return counts;
}

/// The networks are those of `seed`, seed + 1 …
Survey from_seed(Survey survey, std::uint64_t seed) {
  survey.settings.seed = seed;
  return survey;
}

/// What the experiments' rule needs to exclude a share below 0.9 at 16 bits.
constexpr std::int64_t main_networks = 40;

/// At 16 bits a network is impacted about once in 4,000 images.
ExactSurvey fp16_survey(const std::string& name, std::int64_t networks) {
  return {name, survey(common::mlp_sweep({}, Precision::fp16), portable, networks, 30'720), count_sweeps};
}

/// 36 networks are what the experiments' rule needs to exclude a share above 0.1.
ExactSurvey fp64_survey(const std::string& on) {
  return {"fp64 on " + on, survey(common::main_sweep(Precision::fp64), portable, 36, 1024), count_sweeps};
}

Survey on_minibatches(Survey survey, std::int64_t minibatches) {
  survey.settings.minibatches = minibatches;
  return survey;
}

}  // namespace

std::vector<ExactSurvey> precision_surveys(const std::string& on) {
  // About half at 32 bits takes all images. On MNIST none beyond those that decide it: what is counted on the
  // others is held on the embedded digits.
  Sweep fp32 = common::main_sweep(Precision::fp32);
  fp32.extent = on == "MNIST" ? Extent::until_impacted : Extent::all;
  return {fp16_survey("fp16 on " + on, main_networks),
          {"fp32 on " + on, survey(fp32, portable, main_networks), count_sweeps},
          fp64_survey(on)};
}

std::map<Precision, ExactSurvey> broken_engine_surveys() {
  // At 32 bits the seed is chosen so that few images suffice: of the networks 22 to 29 two meet a zero among
  // the first 7,168, which are 28 mini-batches.
  constexpr std::uint64_t seed = 22;
  constexpr std::int64_t networks = 8;
  const Survey fp32 = survey(common::mlp_sweep({}, Precision::fp32), portable, networks, 7'168);
  return {{Precision::fp16, fp16_survey("fp16 with 8 networks on embedded digits", networks)},
          {Precision::fp32, {"fp32 with 8 networks on embedded digits", from_seed(fp32, seed), count_sweeps}},
          {Precision::fp64, fp64_survey("embedded digits")}};
}

std::vector<ExactSurvey> factor_surveys() {
  constexpr std::int64_t networks = 12;
  std::vector<ExactSurvey> surveys;
  for (const std::int64_t layers : {1, 6}) {
    surveys.push_back(
        {fmt::format("fp32 with {} hidden layers on embedded digits", layers),
         survey(common::mlp_sweep({.hidden_layers = layers}, Precision::fp32), portable, networks),
         count_sweeps});
  }
  surveys.push_back({"fp32 with 16 neurons a layer on embedded digits",
                     survey(common::mlp_sweep({.width = 16}, Precision::fp32), portable, main_networks),
                     count_sweeps});
  surveys.push_back({"fp32 with 16 images a mini-batch on embedded digits",
                     survey(common::mlp_sweep({}, Precision::fp32, 16), portable, networks / 2),
                     count_sweeps});
  for (const std::int64_t batch : {16, 1024}) {
    Sweep sweep = common::mlp_sweep({}, Precision::fp16, batch);
    sweep.extent = Extent::all;
    surveys.push_back({fmt::format("fp16 with {} images a mini-batch on embedded digits", batch),
                       survey(sweep, portable, 4, 15'360), count_sweeps});
  }
  return surveys;
}

std::vector<ExactSurvey> divergence_surveys() {
  // The seed is chosen so that few trainings suffice: of the first 24 seeds 6, 8 and 19 drift apart within
  // these iterations.
  constexpr std::uint64_t seed = 6;
  constexpr std::int64_t iterations = 50;
  std::vector<ExactSurvey> surveys;
  for (const auto& [precision, networks] : {std::pair{Precision::fp32, 3}, std::pair{Precision::fp64, 1}}) {
    Divergence divergence({.network = MlpOfWidths{}, .precision = precision, .batch_size = 128});
    divergence.iterations = iterations;
    surveys.push_back({fmt::format("divergence at {} on embedded digits", name(precision)),
                       from_seed(survey(divergence, portable, networks), seed), count_divergences});
  }
  return surveys;
}

std::vector<ExactSurvey> zero_origin_surveys() {
  // The seed is chosen so that both networks meet zeros.
  constexpr std::uint64_t seed = 20;
  ZeroOrigins origins({.precision = Precision::fp32, .batch_size = 32});
  return {{"zero origins at fp32 on embedded digits", from_seed(survey(origins, portable, 2, 30'720), seed),
           count_zero_origins}};
}

std::vector<ExactSurvey> convolution_surveys(const std::string& on) {
  const auto stream = [](Precision precision) {
    return Stream({.network = ConvolutionalNetwork{.architecture = Architecture::vgg11},
                   .precision = precision,
                   .batch_size = 100,
                   .data = datasets::cifar10});
  };
  // At tf32 the seeds are chosen so that one mini-batch suffices: of the first 24 seeds on the embedded
  // images, and the first 84 on CIFAR-10, 3 and 1 are impacted there under both rules.
  const std::uint64_t tf32_seed = on == "CIFAR-10" ? 71 : 14;
  return {
      {"VGG11 at fp16 on " + on, on_minibatches(survey(stream(Precision::fp16), portable, 1), 1),
       count_sweeps},
      {"VGG11 at tf32 on " + on,
       on_minibatches(from_seed(survey(stream(Precision::tf32), portable, 1), tf32_seed), 1), count_sweeps}};
}

std::vector<SurveyGroup> exact_survey_groups() {
  return {{{datasets::mnist}, false, precision_surveys("embedded digits")},
          {{datasets::mnist}, false, factor_surveys()},
          {{datasets::mnist},
           false,
           {broken_engine_surveys().at(Precision::fp16), broken_engine_surveys().at(Precision::fp32)}},
          {{datasets::mnist}, false, divergence_surveys()},
          {{datasets::mnist}, false, zero_origin_surveys()},
          {{datasets::cifar10}, false, convolution_surveys("embedded images")},
          {{datasets::mnist}, true, precision_surveys("MNIST")},
          {{datasets::cifar10}, true, convolution_surveys("CIFAR-10")}};
}

ExpectedCounts counted(const Surveyor& surveyor, const ExactSurvey& survey,
                       const std::vector<nlohmann::json>& draws) {
  return {std::ssize(draws), surveyor.key(survey.survey), survey.count(draws)};
}

ExpectedCounts measured_counts(const Surveyor& surveyor, const ExactSurvey& survey) {
  return counted(surveyor, survey, surveyor.draws(survey.survey));
}

}  // namespace relu0::test
