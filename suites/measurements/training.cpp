#include "suites/measurements/training.hpp"

#include "suites/measurements/base/cost.hpp"
#include "suites/run/checkpoints/checkpointed_training.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

namespace relu0 {

namespace {

/// Images that are classified side by side. No result depends on it but through the order of sums.
constexpr std::int64_t test_batch_size = 500;

std::string rule_of(const DerivativeChoice& relu) {
  return relu.value == 0 ? "either rule" : std::string(name(relu.rule));
}

}  // namespace

std::int64_t TrainedNetwork::epochs(const RunSettings& settings) const {
  return settings.epochs.value_or(plan(settings.scale).epochs);
}

std::int64_t TrainedNetwork::images(const RunSettings& settings) const {
  const std::int64_t available = settings.images_of(setting.data);
  return std::min(available, settings.images ? available : plan(settings.scale).images.value_or(available));
}

TrainingOptions TrainedNetwork::options(const RunSettings& settings) const {
  TrainingOptions options;
  options.precision = setting.precision;
  options.device = settings.device;
  options.kernel = kernel(settings);
  options.relu = relu;
  options.optimizer = optimizer;
  options.learning_rate = learning_rate;
  options.schedule = schedule;
  options.epochs = epochs(settings);
  if (loss_scaling) {
    options.loss_scaling = LossScaling{};
  }
  return options;
}

void TrainedNetwork::identify(const RunSettings& settings, nlohmann::json& identity) const {
  const TrainingOptions identified = options(settings);
  identity["measured"] = "training";
  identity["images"] = images(settings);
  identity["test_data"] = settings.data.at(setting.data).test_identity;
  identity["test_images"] = settings.test_images_of(setting.data);
  identity["transform"] = name(setting.data->training_transform);
  identity["epochs"] = identified.epochs;
  identity["s"] = relu.value;
  identity["rule"] = rule_of(relu);  // both rules mean the same by 0, so that it is measured once
  identity["optimizer"] = name(optimizer);
  identity["learning_rate"] = learning_rate;
  identity["schedule"] = name(schedule);
  identity["loss_scaling"] = loss_scaling;
}

std::string TrainedNetwork::work() const {
  return fmt::format("trained by {}{} with s = {}, {}", name(optimizer),
                     loss_scaling ? " in mixed precision" : "", relu.value, rule_of(relu));
}

std::vector<FieldValue> TrainedNetwork::own_field_values() const {
  std::vector<FieldValue> result{{"s", fmt::format("{}", relu.value)},
                                 {"optimizer", std::string(relu0::kind(optimizer))}};
  for (const Rule rule : all_rules) {
    if (relu.value == 0 || relu.rule == rule) {
      result.push_back({"rule", std::string(name(rule))});
    }
  }
  return result;
}

double TrainedNetwork::passes(const Network& /*network*/, const RunSettings& settings) const {
  return static_cast<double>(epochs(settings)) *
         (static_cast<double>(images(settings)) * passes_of_training_step +
          static_cast<double>(settings.test_images_of(setting.data)));
}

TrainedNetwork::OutcomeMeasurer TrainedNetwork::measurer(const Network& network, const GroupData& data,
                                                         const RunSettings& settings, int threads) const {
  const auto train = std::make_shared<BatchSource>(first_images(data.images(), images(settings)),
                                                   BatchOptions{.batch_size = setting.batch_size,
                                                                .transform = setting.data->training_transform,
                                                                .order = Order::shuffled,
                                                                .threads = threads});
  const std::shared_ptr<const BatchSource> test =
      data.test_batches(settings.test_images_of(setting.data), test_batch_size);
  return [&network, train, test, how = options(settings), settings, key = key(settings), named = describe()](
             const Weights& weights, std::uint64_t seed) {
    Training training(network, weights, *train, *test, seed, how);
    return run_with_checkpoints(
        training,
        {.file = settings.checkpoints.empty() ? std::nullopt
                                              : std::optional(checkpoint_of(settings.checkpoints, key, seed)),
         .shown = fmt::format("{}, network {}", named, seed),
         .tell = settings.tell});
  };
}

}  // namespace relu0
