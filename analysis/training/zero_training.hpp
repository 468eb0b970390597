#pragma once
#include "analysis/training/trainer.hpp"
#include "fixtures/data/streams/batch_source.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace relu0 {

struct ZeroTrainingOptions {
  Precision precision = Precision::fp32;
  Device device = Device::cpu;
  KernelChoice kernel{};
  KinkChoices kinks{};
  SgdOptions sgd{.momentum = 0.9, .weight_decay = 5e-4};  ///< the paper's, as the learning rate
  double learning_rate = 0.01;
  std::int64_t iterations = 1;
  std::int64_t control_iterations = 3;  ///< of the first ones, run twice; all where there are fewer
};

/// What one epoch of a training met, or the part of it that was run.
struct EpochZeros {
  std::int64_t iterations = 0;
  std::int64_t zeros = 0;        ///< exact zeros among the ReLU inputs
  std::int64_t relu_inputs = 0;  ///< ReLU inputs evaluated
};

struct ZeroTrainingOutcome {
  std::vector<EpochZeros> epochs;
  std::int64_t minibatches = 0;  ///< of a whole epoch
  /// The control: the first iterations trained a second time gave the same θ, bit for bit.
  bool deterministic = true;
  /// The first iteration, counted from 0, whose loss was not a finite number.
  std::optional<std::int64_t> first_non_finite;
};

/// Trains a network from θ on the mini-batches of `seed`, epoch after epoch, and counts the exact zeros that
/// its ReLUs meet (paper, appendix on zeros met while training). Throws InputError for options out of range,
/// weights or mini-batches that do not fit the network, and what making a mini-batch throws.
ZeroTrainingOutcome count_zeros_in_training(const Network& network, const Weights& weights,
                                            const BatchSource& batches, std::uint64_t seed,
                                            const ZeroTrainingOptions& options);

}  // namespace relu0
