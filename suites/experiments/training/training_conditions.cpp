#include "suites/experiments/training/training_conditions.hpp"

#include <utility>

namespace relu0::training_study {

namespace {

/// The least number of draws whose differences, all of one sign, a sign-flip test tells from chance: 2^-7 is
/// below verdict_rules::level.
constexpr std::int64_t least_draws = 7;
constexpr TrainingPlan quick_digits{.draws = least_draws, .epochs = 2, .images = 7'680};
/// The learning rate of its authors (Kingma, Ba, arXiv:1412.6980, Algorithm 1), where none was published.
constexpr double adam_rate = 1e-3;

}  // namespace

Condition digits(Precision precision, bool batch_norm) {
  return {.network = Mlp{.batch_norm = batch_norm},
          .precision = precision,
          .batch_norm = batch_norm,
          .optimizer = published_sgd,
          .one_rate = true,
          .quick = quick_digits,
          .paper = {.draws = 10, .epochs = 100},
          .levels = {0, 0.2, 1, 10}};
}

Condition digits_by_adam(Precision precision) {
  Condition result = digits(precision);
  result.optimizer = AdamOptions{};
  result.default_rate = adam_rate;
  return result;
}

Condition mixed_digits(const OptimizerOptions& optimizer) {
  Condition result = digits(Precision::fp16);
  result.optimizer = optimizer;
  result.default_rate = 1e-3;
  result.loss_scaling = true;
  return result;
}

Condition digits_with_dropout(double probability) {
  Condition result = digits(Precision::fp32);
  result.network = Mlp{.dropout = probability};
  result.levels = {0};
  return result;
}

Condition objects(Architecture architecture, bool batch_norm, const OptimizerOptions& optimizer,
                  std::vector<double> levels, DataName data) {
  return {.network = ConvolutionalNetwork{.architecture = architecture, .batch_norm = batch_norm},
          .data = data,
          .published_network = architecture == Architecture::vgg11 ? "vgg11" : "resnet18",
          .batch_norm = batch_norm,
          .optimizer = optimizer,
          .schedule = CosineDecay{},
          .levels = std::move(levels),
          .headline = true};
}

Condition wide_digits(double dropout, std::vector<double> levels) {
  Condition result = digits(Precision::fp32);
  result.network = Mlp{.width = 2048, .dropout = dropout};
  result.quick = {};
  result.levels = std::move(levels);
  return result;
}

Condition small_objects(Precision precision, bool batch_norm, const OptimizerOptions& optimizer) {
  const bool sgd = std::holds_alternative<SgdOptions>(optimizer);
  return {.network =
              ConvolutionalNetwork{
                  .architecture = Architecture::lenet5, .batch_norm = batch_norm, .input = Shape{3, 32, 32}},
          .data = datasets::cifar10,
          .precision = precision,
          .published_network = "lenet5",
          .batch_norm = batch_norm,
          .optimizer = optimizer,
          .default_rate = sgd ? 0.01 : adam_rate,
          .one_rate = true,
          .levels = {0, 1, 10}};
}

}  // namespace relu0::training_study
