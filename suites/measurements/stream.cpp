#include "suites/measurements/stream.hpp"

#include "suites/measurements/sweep.hpp"

#include <algorithm>
#include <memory>

namespace relu0 {

namespace {

constexpr std::int64_t minibatches_at_quick = 4;
constexpr std::int64_t minibatches_at_paper = 150;
constexpr Order order = Order::shuffled;

}  // namespace

std::int64_t Stream::most_minibatches(const RunSettings& settings) const {
  const std::int64_t usual = settings.scale == RunScale::paper ? minibatches_at_paper : minibatches_at_quick;
  return std::max<std::int64_t>(1, settings.minibatches.value_or(usual) / one_minibatch_of);
}

void Stream::identify(const RunSettings& settings, nlohmann::json& identity) const {
  identity["measured"] = "stream";
  identity["images"] = settings.images_of(setting.data);
  identity["minibatches"] = most_minibatches(settings);
  identity["transform"] = name(setting.data->training_transform);
  identity["order"] = order == Order::shuffled ? "shuffled" : "stored";
  Sweep::identify_comparison(settings, identity);
}

std::string Stream::work() const { return "a stream of mini-batches until one is impacted"; }

double Stream::passes(const Network& /*network*/, const RunSettings& settings) const {
  // At fp16 nearly every mini-batch meets zeros and takes backward passes, but a few settle it.
  const bool ends_early = setting.precision == Precision::fp16 || setting.precision == Precision::tf32;
  return static_cast<double>(most_minibatches(settings) * setting.batch_size) * (ends_early ? 0.3 : 1);
}

std::int64_t Stream::usual_draws(RunScale scale) const {
  const bool paper = scale == RunScale::paper;
  // An image of ImageNet costs ResNet50 as much as some 27 of CIFAR-10 cost VGG11.
  if (setting.data == datasets::imagenet) {
    return paper ? 100 : 1;
  }
  // Beside the run's own kernel others are measured on fewer networks.
  return paper ? 1000 : setting.data == datasets::cifar10 && !setting.kernel ? 2 : 1;
}

Stream::OutcomeMeasurer Stream::measurer(const Network& network, const GroupData& data,
                                         const RunSettings& settings, int /*threads*/) const {
  const SweepStream stream{
      data.batches(
          {.batch_size = setting.batch_size, .transform = setting.data->training_transform, .order = order}),
      most_minibatches(settings)};
  const auto sweeper = std::make_shared<Sweeper>(network, stream, Sweep::comparing(setting, settings));
  return [sweeper](const Weights& weights, std::uint64_t seed) { return sweeper->sweep(weights, seed); };
}

}  // namespace relu0
