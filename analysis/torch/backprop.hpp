#pragma once
#include "analysis/machine/device.hpp"
#include "analysis/torch/gradient.hpp"
#include "analysis/zeros/zero_census.hpp"
#include "fixtures/network/batch.hpp"
#include "fixtures/network/precision.hpp"
#include "fixtures/network/relu_at_zero.hpp"

namespace relu0 {

/// What one forward and backward pass in LibTorch gave.
struct GradientWithZeros {
  Gradient gradient;
  ZeroCensus zeros;
};

/// backprop_s (paper, section 2) of the mean cross-entropy over the batch, in LibTorch at the given
/// precision. Throws InputError when weights or batch do not fit the network.
GradientWithZeros backprop(const Network& network, const Weights& weights, const Batch& batch,
                           Precision precision, ReluAtZero relu_at_zero, Device device = Device::cpu);

/// The same gradient by LibTorch's own autograd with a custom ReLU, as a user of LibTorch would compute it:
/// what the two-network protocol runs. Equal to backprop() bit for bit.
Gradient autograd_backprop(const Network& network, const Weights& weights, const Batch& batch,
                           Precision precision, ReluAtZero relu_at_zero, Device device = Device::cpu);

/// θ as the engine uses it: each value rounded to the storage format of the precision.
Weights rounded_weights(const Weights& weights, Precision precision);

/// A mini-batch as the engine uses it: inputs rounded to the storage format, which binary32 holds.
Batch rounded_batch(const Batch& batch, Precision precision);

}  // namespace relu0
