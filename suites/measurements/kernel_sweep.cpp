#include "suites/measurements/kernel_sweep.hpp"

#include "analysis/machine/threads.hpp"
#include "analysis/torch/backprop.hpp"
#include "fixtures/data/files/digest.hpp"
#include "suites/measurements/sweep.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <span>
#include <variant>

namespace relu0 {

namespace {

bool is_mlp(const Setting& setting) { return !std::holds_alternative<ConvolutionalNetwork>(setting.network); }

/// At quick scale one mini-batch of a convolutional network, of which there are none unless the run asks for
/// some.
std::int64_t usual_minibatches(const Setting& setting, RunScale scale) {
  constexpr std::int64_t paper = 40;
  if (is_mlp(setting)) {
    return std::numeric_limits<std::int64_t>::max();
  }
  return scale == RunScale::paper ? paper : 1;
}

BatchOptions batch_options(const Setting& setting) {
  BatchOptions options{.batch_size = setting.batch_size};
  if (!is_mlp(setting)) {
    options.transform = setting.data->training_transform;
    options.order = Order::shuffled;
  }
  return options;
}

std::string digest_of(const Gradient& gradient) {
  Sha256 digest;
  for (const TensorValues& tensor : gradient.parameters) {
    tensor.values.visit([&digest](auto values) {
      const auto bytes = std::as_bytes(values);
      // Only the name of the type differs: a digest is of unsigned characters.
      digest.update({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    });
  }
  return digest.finish();
}

}  // namespace

void fields(Fields& f, KernelSweepOutcome& outcome) {
  f("sweep", outcome.sweep);
  f("gradient_sha256", outcome.gradient_sha256);
  f("computed_by", outcome.computed_by);
}

std::int64_t KernelSweep::minibatches(const RunSettings& settings) const {
  const std::int64_t images = settings.images_of(setting.data);
  const std::int64_t epoch = (images + setting.batch_size - 1) / setting.batch_size;
  return std::min(epoch, settings.minibatches.value_or(usual_minibatches(setting, settings.scale)));
}

Parallelism KernelSweep::parallelism() const {
  return setting.libraries.threads > 1 ? Parallelism::within_draw : Parallelism::across_draws;
}

void KernelSweep::identify(const RunSettings& settings, nlohmann::json& identity) const {
  identity["measured"] = kind_name;
  identity["images"] = settings.images_of(setting.data);
  identity["minibatches"] = minibatches(settings);
  identity["transform"] = name(batch_options(setting).transform);
  identity["order"] = is_mlp(setting) ? "stored" : "shuffled";
  Sweep::identify_comparison(settings, identity);
}

std::string KernelSweep::work() const { return "the same mini-batches through each kernel"; }

double KernelSweep::passes(const Network& /*network*/, const RunSettings& settings) const {
  return static_cast<double>(minibatches(settings) * setting.batch_size);
}

// There are some forty kernels and networks to go through, most of them in a process of its own.
std::int64_t KernelSweep::usual_draws(RunScale scale) const {
  if (scale == RunScale::paper) {
    return 50;
  }
  return is_mlp(setting) && setting.libraries.is_usual() ? 2 : 0;
}

KernelSweep::OutcomeMeasurer KernelSweep::measurer(const Network& network, const GroupData& data,
                                                   const RunSettings& settings, int /*threads*/) const {
  SweepOptions options = Sweep::comparing(setting, settings);
  options.extent = Extent::all;
  const std::shared_ptr<const BatchSource> source = data.batches(batch_options(setting));
  const auto sweeper =
      std::make_shared<Sweeper>(network, SweepStream{source, minibatches(settings)}, options);
  const std::string& in_force = data.prepared_once<std::string>(libraries_in_force);
  return [&network, source, options, sweeper, in_force](const Weights& weights, std::uint64_t seed) {
    KernelSweepOutcome outcome;
    outcome.computed_by = in_force;
    outcome.sweep = sweeper->sweep(weights, seed);
    compute_with_one_thread();
    outcome.gradient_sha256 =
        digest_of(backprop(network, weights, source->batch({.seed = seed}), options.precision,
                           options.choices_a(Rule::chain_rule), options.device, {}, options.kernel)
                      .gradient);
    return outcome;
  };
}

}  // namespace relu0
