#pragma once
#include "analysis/training/divergence.hpp"
#include "fixtures/data/streams/batch_source.hpp"
#include "fixtures/network/weights/weights.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace relu0 {

struct FirstZeroOptions {
  Precision precision = Precision::fp32;
  Device device = Device::cpu;
  KernelChoice kernel{};
  KinkChoices kinks;  ///< trained with: it matters only where a later layer met a zero before
  SgdOptions sgd;
  DrawnRate rate;
  std::int64_t iterations = 1;  ///< at most
};

/// An exact zero at the first ReLU of a network, met while it was trained.
struct FirstZero {
  std::int64_t sample = 0;  ///< place in the mini-batch
  std::int64_t neuron = 0;
  Batch batch;
  std::vector<double> parameters;  ///< of the neuron at that iteration, exact: weights, then bias
};

struct FirstZeroSearch {
  std::int64_t iterations = 0;  ///< looked at; the last of them met the zero, if there is one
  std::optional<FirstZero> zero;
};

/// Trains a network from θ on the mini-batches of `seed`, epoch after epoch, until the forward pass of one
/// has an exact zero at the first ReLU; of several the first sample's, and of its the first neuron's. That
/// ReLU follows a linear layer with bias that takes the images. Throws InputError for a network that is
/// another, for options out of range, for what does not fit, and what making a mini-batch throws.
FirstZeroSearch train_to_first_zero(const Network& network, const Weights& weights,
                                    const BatchSource& batches, std::uint64_t seed,
                                    const FirstZeroOptions& options);

}  // namespace relu0
