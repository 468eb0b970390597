#pragma once
#include "analysis/machine/device.hpp"
#include "analysis/zeros/relu_zeros.hpp"
#include "fixtures/network/batch.hpp"
#include "fixtures/network/precision.hpp"
#include "fixtures/network/relu_at_zero.hpp"
#include "fixtures/network/weights.hpp"

#include <vector>

namespace relu0 {

/// All that one forward and backward pass in LibTorch gives. Values are those of the arithmetic used, exact
/// in a double; infinities and NaNs are kept.
struct LibtorchGradient {
  double loss = 0;
  std::vector<TensorValues> parameters;  ///< d loss / d parameter, in the order of Network::parameters()
  std::vector<double> input;             ///< d loss / d input, batch-major: samples × input shape
  bool emulated = false;                 ///< computed in binary32 and rounded after each operation
  std::vector<ReluZeros> relus;          ///< one per ReLU, in the order of Network::relus()
};

/// backprop_s (paper, section 2) of the mean cross-entropy over the batch, in LibTorch at the given
/// precision: the same bits as backprop() gives, with the input's gradient and every ReLU's zeros. θ is
/// rounded to the precision's storage format first (rounded_weights() gives what is used). Throws InputError
/// when weights or batch do not fit the network.
LibtorchGradient libtorch_backprop(const Network& network, const Weights& weights, const Batch& batch,
                                   Precision precision, ReluAtZero relu_at_zero, Device device = Device::cpu);

}  // namespace relu0
