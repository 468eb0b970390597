#pragma once
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/device.hpp"
#include "analysis/zeros/zero_counts.hpp"
#include "fixtures/data/dataset.hpp"
#include "fixtures/network/precision.hpp"
#include "fixtures/network/weights/weights.hpp"
#include "reference/pass/certificate.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace relu0 {

struct ZeroOriginsOptions {
  Precision precision = Precision::fp32;
  Device device = Device::cpu;
  KernelChoice kernel{};
  std::int64_t batch_size = 256;
  std::int64_t images = 60'000;    ///< of the data set, from its first on
  std::int64_t enough_zeros = 64;  ///< stop after the mini-batch with which so many have been explained
  /// bits, threads, memory limit and cap of the reference.
  reference::CertifyOptions certify{};
};

/// The zeros of one ReLU.
struct LayerZeroOrigins {
  std::string layer;
  ZeroCounts zeros;
};

/// What one θ gave.
struct ZeroOriginsOutcome {
  std::int64_t minibatches = 0;          ///< looked at
  std::int64_t images = 0;               ///< that they hold
  std::int64_t relu_inputs = 0;          ///< that they pass through ReLUs
  std::vector<LayerZeroOrigins> layers;  ///< one per ReLU, in the order of the nodes
  /// |exact value| of each rounding zero, in the order met, in ulps of its layer's scale: the spacing of the
  /// storage format at the largest finite magnitude among that ReLU's inputs over the mini-batch.
  std::vector<double> magnitudes;
  /// The control: each mini-batch that was explained met the same zeros when it was run again.
  bool deterministic = true;
  std::int64_t surveyed = 0;  ///< ReLU inputs of the first mini-batch
  /// Those of them that are not certainly other than 0 in the reference, whatever LibTorch makes of them.
  ZeroCounts true_zeros;
  int most_bits = 0;  ///< that a run of the reference took

  [[nodiscard]] ZeroCounts zeros() const;
};

/// Looks for exact zeros at the ReLUs in LibTorch's forward passes, mini-batch after mini-batch, and asks the
/// reference, on the same rounded θ and inputs, what each of them is. The first mini-batch goes through the
/// reference whether or not it has a zero, and all its ReLU inputs are looked at there; of later ones only
/// samples with a zero, unless batch-norm over the mini-batch ties it together. The reference's bits are
/// raised until all zeros of a mini-batch are decided, or the cap is reached. Throws InputError for a batch
/// size or number of images below 1, more images than there are, and what does not fit the network.
ZeroOriginsOutcome zero_origins(const Network& network, const Weights& weights, const Dataset& dataset,
                                const ZeroOriginsOptions& options);

}  // namespace relu0
