#include "suites/measurements/stream.hpp"

#include "suites/measurements/sweep.hpp"

#include <algorithm>
#include <memory>
#include <variant>

namespace relu0 {

namespace {

constexpr std::int64_t minibatches_at_quick = 4;
constexpr std::int64_t minibatches_at_paper = 150;
constexpr Order order = Order::shuffled;

/// What a rate of impacted mini-batches takes at quick scale, in streams of minibatches_at_quick: VGG11 at
/// fp16, where every mini-batch impacted shows the published rate, and at fp32. With batch-norm 54
/// mini-batches without an impact rule out a quarter of the published rate there; without it about as many
/// show it under the published code (1 in 9 is impacted). The chain rule takes some 350, and those of
/// ResNet18 cost three times as much.
std::int64_t networks_on_cifar10_at_quick(const Setting& setting) {
  const auto* network = std::get_if<ConvolutionalNetwork>(&setting.network);
  if (network == nullptr || network->architecture != Architecture::vgg11 || setting.kernel) {
    return 0;
  }
  if (setting.precision == Precision::fp32) {
    return 14;
  }
  return setting.precision == Precision::fp16 && !network->batch_norm ? 4 : 0;
}

/// Where no number was published one network shows what is measured.
std::int64_t networks_of_headlines_at_quick(Precision precision) {
  return precision == Precision::fp32 || precision == Precision::fp64 ? 1 : 0;
}

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
  if (setting.data == datasets::imagenet) {
    // An image costs ResNet50 as much as some 27 of CIFAR-10 cost VGG11.
    return paper ? 100 : setting.precision == Precision::fp32 ? 1 : 0;
  }
  if (paper) {
    return 1000;
  }
  return setting.data == datasets::cifar10 ? networks_on_cifar10_at_quick(setting)
                                           : networks_of_headlines_at_quick(setting.precision);
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
