#include "suites/measurements/zeros_in_training.hpp"

#include "suites/measurements/base/cost.hpp"

#include <algorithm>
#include <variant>

namespace relu0 {

void fields(Fields& f, EpochZeros& epoch) {
  f("iterations", epoch.iterations);
  f("zeros", epoch.zeros);
  f("relu_inputs", epoch.relu_inputs);
}

void fields(Fields& f, ZeroTrainingOutcome& outcome) {
  f("epochs", outcome.epochs);
  f("minibatches", outcome.minibatches);
  f("deterministic", outcome.deterministic);
  f("first_non_finite", outcome.first_non_finite);
}

ZeroTrainingOptions ZerosInTraining::options(const Network& network, const RunSettings& settings) const {
  const std::int64_t images = settings.data.at(setting.data).images;
  const std::int64_t minibatches = (images + setting.batch_size - 1) / setting.batch_size;
  ZeroTrainingOptions options;
  options.precision = setting.precision;
  options.device = settings.device;
  options.kernel = kernel(settings);
  options.kinks.relu = {.value = settings.s_a};
  options.iterations = epochs * minibatches;
  if (settings.scale == RunScale::quick) {
    const double of_iteration =
        network.multiply_adds() * passes_of_training_step * static_cast<double>(setting.batch_size);
    const auto affordable = static_cast<std::int64_t>(quick_multiply_adds / of_iteration);
    options.iterations = std::clamp<std::int64_t>(affordable, 1, minibatches);
  }
  return options;
}

void ZerosInTraining::identify(const RunSettings& settings, nlohmann::json& identity) const {
  const ZeroTrainingOptions identified = options(build(setting.network), settings);
  identity["measured"] = "zeros in training";
  identity["images"] = settings.images_of(setting.data);
  identity["iterations"] = identified.iterations;
  identity["s"] = identified.kinks.relu.value;
  identity["learning_rate"] = identified.learning_rate;
  identity["momentum"] = identified.sgd.momentum;
  identity["weight_decay"] = identified.sgd.weight_decay;
}

std::string ZerosInTraining::work() const { return "zeros met in training"; }

double ZerosInTraining::passes(const Network& network, const RunSettings& settings) const {
  return static_cast<double>(options(network, settings).iterations * setting.batch_size) *
         passes_of_training_step;
}

// At quick scale the narrow networks go through a whole epoch, of which the published figure is, and the
// others would not: at fp16 three of each meet enough zeros to tell their rate. At fp32 they would decide
// nothing: all of them together have 8 · 10^7 ReLU inputs, and the published rate is 10^−9.
std::int64_t ZerosInTraining::usual_draws(RunScale scale) const {
  constexpr std::int64_t narrow = 64;
  if (scale == RunScale::paper || setting.precision == Precision::fp64) {
    return 1;
  }
  const auto* mlp = std::get_if<Mlp>(&setting.network);
  const bool whole_epoch = mlp != nullptr && mlp->width <= narrow;
  if (!whole_epoch || setting.precision == Precision::fp32) {
    return 0;
  }
  return setting.precision == Precision::fp16 ? 3 : 1;
}

ZerosInTraining::OutcomeMeasurer ZerosInTraining::measurer(const Network& network, const GroupData& data,
                                                           const RunSettings& settings,
                                                           int /*threads*/) const {
  return [&network, batches = data.training_batches(setting.batch_size), how = options(network, settings)](
             const Weights& weights, std::uint64_t seed) {
    return count_zeros_in_training(network, weights, *batches, seed, how);
  };
}

}  // namespace relu0
