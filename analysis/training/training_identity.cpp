#include "analysis/training/training_identity.hpp"

#include "fixtures/data/files/digest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

/// A checksum of names, shapes and bits.
std::string checksum_of(const Weights& weights) {
  Sha256 digest;
  const auto add = [&digest](const void* data, std::size_t bytes) {
    digest.update({static_cast<const std::uint8_t*>(data), bytes});
  };
  for (const std::vector<TensorValues>* tensors : {&weights.parameters, &weights.buffers}) {
    for (const TensorValues& tensor : *tensors) {
      const std::string heading = fmt::format("{} [{}]\n", tensor.name, fmt::join(tensor.shape, ","));
      add(heading.data(), heading.size());
      tensor.values.visit([&add](auto values) { add(values.data(), values.size_bytes()); });
    }
  }
  return digest.finish();
}

std::string of_scaling(const std::optional<LossScaling>& scaling) {
  return scaling ? fmt::format("from {}, times {} or {}, every {} steps", scaling->initial, scaling->growth,
                               scaling->backoff, scaling->interval)
                 : "none";
}

std::string of_batches(const BatchSource& source) {
  return fmt::format("{} in {} mini-batches of {}, {}, {}", identify(source.facts()), source.batches(),
                     source.options().batch_size, name(source.options().transform),
                     source.options().order == Order::shuffled ? "shuffled" : "stored order");
}

}  // namespace

std::vector<IdentityField> identity_of(const Network& network, const Weights& weights,
                                       const BatchSource& train, const BatchSource& test, std::uint64_t seed,
                                       const TrainingOptions& options) {
  return {{"network", network.name()},
          {"precision", std::string(name(options.precision))},
          {"device", std::string(name(options.device))},
          {"kernel", name(options.kernel)},
          {"s", fmt::format("{}", options.relu.value)},
          // Both rules mean the same by 0.
          {"rule", options.relu.value == 0 ? "any" : std::string(name(options.relu.rule))},
          {"optimizer", name(options.optimizer)},
          {"learning rate", fmt::format("{}", options.learning_rate)},
          {"schedule", name(options.schedule)},
          {"epochs", fmt::format("{}", options.epochs)},
          {"loss scaling", of_scaling(options.loss_scaling)},
          {"training images", of_batches(train)},
          {"test images", of_batches(test)},
          {"seed", fmt::format("{}", seed)},
          {"start", checksum_of(weights)},
          {"control", fmt::format("{} steps", options.control_steps)},
          {"traced", fmt::format("{} steps", options.traced_steps)}};
}

}  // namespace relu0
