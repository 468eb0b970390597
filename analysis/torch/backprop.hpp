#pragma once
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/device.hpp"
#include "analysis/torch/gradient.hpp"
#include "analysis/zeros/kink_census.hpp"
#include "fixtures/network/batch.hpp"
#include "fixtures/network/dropout_key.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/precision.hpp"

namespace relu0 {

/// What one forward and backward pass in LibTorch gave.
struct GradientWithKinks {
  Gradient gradient;
  KinkCensus census;  ///< of all kinks, with KinkHits::zero_kinds
};

/// backprop_s (paper, section 2) of the network's loss over the batch, in LibTorch at the given precision and
/// with these choices at kinks. Throws InputError when weights or batch do not fit the network.
GradientWithKinks backprop(const Network& network, const Weights& weights, const Batch& batch,
                           Precision precision, const KinkChoices& kinks, Device device = Device::cpu,
                           DropoutKey dropout = {}, const KernelChoice& kernel = {});

/// The same gradient by LibTorch's own autograd as a user of LibTorch would compute it:
/// what the two-network protocol runs. Equal to backprop() bit for bit.
Gradient autograd_backprop(const Network& network, const Weights& weights, const Batch& batch,
                           Precision precision, const KinkChoices& kinks, Device device = Device::cpu,
                           DropoutKey dropout = {}, const KernelChoice& kernel = {});

/// θ as the engine uses it: each value rounded to the storage format of the precision, or to the kernel's
/// bits.
Weights rounded_weights(const Weights& weights, Precision precision, const KernelChoice& kernel = {});

/// A mini-batch as the engine uses it: inputs rounded to the storage format or the kernel's bits, which
/// binary32 holds.
Batch rounded_batch(const Batch& batch, Precision precision, const KernelChoice& kernel = {});

}  // namespace relu0
