#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/training/training_conditions.hpp"
#include "suites/experiments/training/training_findings.hpp"
#include "suites/texts/texts.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace relu0::experiment::imagenet_training {

namespace {

namespace study = training_study;

constexpr Texts text{"imagenet-training"};
/// The published difference.
constexpr double ten_points = 0.1;
constexpr double s = 1;

/// The published network, or one of smaller images or fewer classes: the published training takes weeks of a
/// processor's time.
ConvolutionalNetwork network(const std::optional<Shape>& input, std::optional<std::int64_t> classes) {
  return {.architecture = Architecture::resnet50, .batch_norm = true, .input = input, .classes = classes};
}

study::Condition condition(const ConvolutionalNetwork& network) {
  return {.network = network,
          .data = datasets::imagenet,
          .published_network = "resnet50",
          .batch_norm = true,
          .optimizer = SgdOptions{.momentum = 0.9, .weight_decay = 1e-4},
          .schedule = StepDecay{.epochs = 30, .factor = 0.1},
          .default_rate = 0.1,
          .batch_size = 256,
          .paper = {.draws = 2, .epochs = 90},
          .levels = {0, s},
          .headline = !network.input && !network.classes};
}

std::vector<study::Condition> conditions() {
  const Shape small{3, 64, 64};
  constexpr std::int64_t few = 100;
  return {condition(network({}, {})), condition(network(small, {})), condition(network({}, few)),
          condition(network(small, few))};
}

/// How far the trainings went beside the published ones, by classes, by pixels, by epochs or by images.
verdict_rules::Reach reach(const study::Trained& trained, const RunSettings& settings) {
  const ConvolutionalNetwork published = network({}, {});
  const auto& measured = std::get<ConvolutionalNetwork>(trained.condition.network);
  std::int64_t classes = class_count(measured);
  if (const auto data = settings.data.find(datasets::imagenet);
      data != settings.data.end() && data->second.classes > 0) {
    classes = std::min(classes, data->second.classes);
  }
  if (classes < class_count(published)) {
    return {.unit = "classes", .measured = classes, .published = class_count(published)};
  }
  const auto pixels = [](const ConvolutionalNetwork& of) {
    return element_count(input_shape(of)) / input_shape(of).front();
  };
  if (pixels(measured) < pixels(published)) {
    return {.unit = "pixels of an image", .measured = pixels(measured), .published = pixels(published)};
  }
  return study::reach(trained, trained.condition.paper.epochs, settings);
}

Measurements measurements() { return study::measurements(conditions()); }

void conclude(const Evidence& evidence, Results& results) {
  const std::vector<study::Trained> all = study::gather(conditions(), evidence);
  for (const study::Trained& of : all) {
    study::append(
        {.id = "imagenet",
         .experiment = "imagenet-training",
         .paper_claim = "imagenet",
         .sentence = text("claim"),
         .published = text("published"),
         .source = experiments_common::paper(),
         .setting = name(of.condition),
         .precision = of.condition.precision,
         .headline = of.condition.headline,
         .reach = reach(of, evidence.settings()),
         .left_out = study::left_out_text("imagenet-training", of.condition, evidence.settings()),
         .basis = [&of](Rule rule) { return of.basis(rule); },
         .decide = [&of](Rule rule) { return verdict_rules::mean_above(of.losses_of(s, rule), ten_points); },
         .measured = [&of](Rule rule) { return study::effect_text(of, s, rule); },
         .differences = [&of](Rule rule) { return of.losses_of(s, rule); }},
        results);
  }
  study::append_figures("imagenet-training", all, results);
  study::append_tables("imagenet-training", all, results);
}

constexpr Experiment definition{
    .id = "imagenet-training", .measurements = measurements, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::imagenet_training

const relu0::Experiment& relu0::imagenet_training_experiment() {
  return experiment::imagenet_training::definition;
}
