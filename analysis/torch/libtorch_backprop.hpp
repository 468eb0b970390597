#pragma once
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/device.hpp"
#include "analysis/zeros/kink_census.hpp"
#include "analysis/zeros/relu_zeros.hpp"
#include "fixtures/network/batch.hpp"
#include "fixtures/network/dropout_key.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/precision.hpp"
#include "fixtures/network/weights/weights.hpp"

#include <vector>

namespace relu0 {

/// All that one forward and backward pass in LibTorch gives. Values are those of the arithmetic used, exact
/// in a double; infinities and NaNs are kept.
struct LibtorchGradient {
  double loss = 0;
  std::vector<TensorValues> parameters;  ///< d loss / d parameter, in the order of Network::parameters()
  std::vector<double> input;             ///< d loss / d input, batch-major: samples × input shape
  bool emulated = false;                 ///< computed in binary32 and rounded after each operation
  std::vector<ReluZeros> relus;          ///< one per ReLU, in the order of the nodes
  KinkCensus census;                     ///< of all kinks, with KinkHits::zero_kinds
};

/// backprop_s (paper, section 2) of the network's loss over the batch, in LibTorch at the given
/// precision: the same bits as backprop() gives, with the input's gradient and every ReLU's zeros. θ is
/// rounded to the precision's storage format first (rounded_weights() gives what is used). Throws InputError
/// when weights or batch do not fit the network.
LibtorchGradient libtorch_backprop(const Network& network, const Weights& weights, const Batch& batch,
                                   Precision precision, const KinkChoices& kinks, Device device = Device::cpu,
                                   DropoutKey dropout = {}, const KernelChoice& kernel = {});

}  // namespace relu0
