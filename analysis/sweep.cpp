#include "analysis/sweep.hpp"

#include "analysis/batch_tensors.hpp"
#include "analysis/protocols.hpp"
#include "analysis/threads.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace relu0 {

struct SweepData::Implementation {
  Arithmetic arithmetic;
  Device device;
  Shape image_shape;
  at::Tensor inputs;
  at::Tensor labels;
};

SweepData::SweepData(const Dataset& dataset, std::int64_t images, Precision precision, Device device)
    : implementation_(std::make_unique<Implementation>(
          Implementation{Arithmetic(precision, device), device, dataset.image_shape, {}, {}})) {
  const Arithmetic& arithmetic = implementation_->arithmetic;
  if (images < 1 || images > dataset.size()) {
    throw InputError(
        fmt::format("{} images asked for, data set '{}' holds {}", images, dataset.name, dataset.size()));
  }
  const std::int64_t elements = element_count(dataset.image_shape);
  implementation_->inputs = at::empty({images, elements}, arithmetic.options());
  implementation_->labels = at::empty({images}, arithmetic.options().dtype(at::kLong));
  // In pieces, so that the binary32 copy of all images never stands beside the tensor.
  constexpr std::int64_t piece = 4096;
  for (std::int64_t first = 0; first < images; first += piece) {
    const std::int64_t count = std::min(piece, images - first);
    const BatchTensors tensors = to_tensors(make_batch(dataset, first, count), dataset.classes, arithmetic);
    implementation_->inputs.narrow(0, first, count).copy_(tensors.inputs);
    implementation_->labels.narrow(0, first, count).copy_(tensors.labels);
  }
}

SweepData::~SweepData() = default;
SweepData::SweepData(SweepData&&) noexcept = default;
SweepData& SweepData::operator=(SweepData&&) noexcept = default;

struct Sweeper::Implementation {
  Implementation(const Network& network_to_sweep, const SweepData::Implementation& data_to_sweep,
                 SweepOptions sweep_options)
      : network(network_to_sweep),
        data(data_to_sweep),
        options(std::move(sweep_options)),
        judge((options.protocol == Protocol::fast ? fast_judge : two_network_judge)(network, data.arithmetic,
                                                                                    options)) {}

  SweepOutcome sweep(const Weights& weights);
  void note_zeros(SweepOutcome& outcome) const;
  static void note_answer(const MinibatchDifference& answer, const SweepOptions& options,
                          std::int64_t minibatch, std::int64_t first_image, RuleOutcome& outcome);

  Network network;
  const SweepData::Implementation& data;
  SweepOptions options;
  std::unique_ptr<MinibatchJudge> judge;
};

void Sweeper::Implementation::note_zeros(SweepOutcome& outcome) const {
  const ZeroCensus* census = judge->zeros();
  if (census == nullptr) {
    return;
  }
  outcome.zeros.resize(census->layers.size());
  for (std::size_t k = 0; k < census->layers.size(); ++k) {
    outcome.zeros[k] += census->layers[k].total;
  }
  if (census->total() == 0) {
    return;
  }
  ++outcome.minibatches_with_zeros;
  for (std::size_t row = 0; row < census->layers.front().per_sample.size(); ++row) {
    const bool has_zero = std::any_of(census->layers.begin(), census->layers.end(),
                                      [row](const LayerZeros& layer) { return layer.per_sample[row] > 0; });
    outcome.samples_with_zeros += has_zero ? 1 : 0;
  }
}

void Sweeper::Implementation::note_answer(const MinibatchDifference& answer, const SweepOptions& options,
                                          std::int64_t minibatch, std::int64_t first_image,
                                          RuleOutcome& outcome) {
  if (answer.impacted) {
    ++outcome.impacted;
    if (!outcome.first_impacted) {
      outcome.first_impacted = minibatch;
      if (answer.first_row) {
        outcome.first_image = first_image + *answer.first_row;
      }
    }
    if (answer.relative_l2) {
      outcome.relative_l2.push_back(*answer.relative_l2);
    }
  }
  if (answer.first_layer_impacted && !outcome.first_layer) {
    outcome.first_layer = minibatch;
  }
  if (options.per_minibatch) {
    outcome.minibatches.push_back({answer.impacted, answer.first_layer_impacted});
  }
}

SweepOutcome Sweeper::Implementation::sweep(const Weights& weights) {
  const at::NoGradGuard no_autograd;
  compute_with_one_thread();
  judge->set_weights(LoadedWeights(network, weights, data.arithmetic));
  SweepOutcome outcome;
  for (const Rule rule : options.rules) {
    outcome.rules.emplace_back().rule = rule;
  }
  const std::int64_t images = data.inputs.size(0);
  std::vector<DifferenceQuestions> questions(options.rules.size());
  for (std::int64_t first = 0; first < images; first += options.batch_size) {
    const std::int64_t count = std::min(options.batch_size, images - first);
    const at::Tensor inputs = data.inputs.narrow(0, first, count);
    const at::Tensor labels = data.labels.narrow(0, first, count);
    for (std::size_t i = 0; i < questions.size(); ++i) {
      questions[i] = {.first_layer = options.per_minibatch || !outcome.rules[i].first_layer,
                      .magnitude = options.magnitude};
    }
    const auto answers = judge->judge(inputs, labels, questions);
    note_zeros(outcome);
    bool newly_impacted = false;
    bool settled = true;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const bool before = outcome.rules[i].first_impacted.has_value();
      note_answer(answers[i], options, outcome.minibatches, first, outcome.rules[i]);
      newly_impacted = newly_impacted || (!before && answers[i].impacted);
      settled = settled && outcome.rules[i].first_impacted && outcome.rules[i].first_layer;
    }
    ++outcome.minibatches;
    outcome.images += count;
    if (first == 0 || newly_impacted) {
      outcome.deterministic = judge->is_deterministic(inputs, labels) && outcome.deterministic;
    }
    if (settled && options.extent == Extent::until_impacted) {
      break;
    }
  }
  return outcome;
}

Sweeper::Sweeper(const Network& network, const SweepData& data, SweepOptions options) {
  const SweepData::Implementation& given = data.implementation();
  if (options.batch_size < 1) {
    throw InputError(fmt::format("a batch size of {}: needs at least 1", options.batch_size));
  }
  if (options.rules.empty()) {
    throw InputError("a sweep needs at least one rule");
  }
  if (!std::isfinite(options.s_a) || !std::isfinite(options.s_b)) {
    throw InputError("the values of s must be finite");
  }
  if (given.image_shape != network.output_shapes().front() ||
      given.arithmetic.precision() != options.precision || given.device != options.device) {
    throw InputError(fmt::format(
        "network '{}': the data is prepared for another image shape, precision or device", network.name()));
  }
  implementation_ = std::make_unique<Implementation>(network, given, std::move(options));
}

Sweeper::~Sweeper() = default;
Sweeper::Sweeper(Sweeper&&) noexcept = default;
Sweeper& Sweeper::operator=(Sweeper&&) noexcept = default;

SweepOutcome Sweeper::sweep(const Weights& weights) { return implementation_->sweep(weights); }

}  // namespace relu0
