#pragma once
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/device.hpp"
#include "analysis/zeros/law/zero_window.hpp"
#include "fixtures/data/dataset.hpp"
#include "fixtures/network/precision.hpp"
#include "fixtures/network/weights/weights.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace relu0 {

struct ZeroLawOptions {
  Precision precision = Precision::fp32;
  Device device = Device::cpu;
  KernelChoice kernel{};
  std::int64_t batch_size = 256;
  std::int64_t images = 2'560;  ///< of the data set, from its first on
};

/// One ReLU's zeros, and what the law predicts them from.
struct LayerZeroLaw {
  std::string layer;
  ZeroStatistics statistics;
};

/// What one θ gave.
struct ZeroLawOutcome {
  std::int64_t minibatches = 0;
  std::int64_t images = 0;
  /// Those ReLUs whose input has a law (element_grid.hpp), in the order of the nodes.
  std::vector<LayerZeroLaw> layers;
  /// The control: the first mini-batch met the same zeros when it was run again.
  bool deterministic = true;
};

/// Share of a layer's scale, the root mean square of its inputs over the first mini-batch, up to which inputs
/// are in question for the window. A normal density of that scale changes by
/// less than 1/(6·8²) = 0.3 % of its value at 0 over such a window, on average.
inline constexpr double window_share = 1.0 / 8;

/// Counts exact zeros at ReLUs in forward passes over mini-batches of the data set in its order, and gathers
/// what the law needs. Throws InputError for a batch size or number of images below 1, more images than there
/// are, a network none of whose ReLUs has a law, a kernel without one, and what does not fit the network.
ZeroLawOutcome zero_law(const Network& network, const Weights& weights, const Dataset& dataset,
                        const ZeroLawOptions& options);

}  // namespace relu0
