#pragma once
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/device.hpp"
#include "fixtures/network/batch.hpp"
#include "fixtures/network/neuron_plane.hpp"
#include "fixtures/network/precision.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace relu0 {

/// How a neuron's pre-activation is evaluated over a plane: as in the forward pass of its layer.
struct SliceEvaluation {
  const Batch& batch;        ///< the layer's input: the whole mini-batch
  std::int64_t sample = 0;   ///< whose pre-activation is looked at
  std::int64_t neuron = 0;   ///< its place in the layer
  std::int64_t neurons = 1;  ///< of the layer
  Precision precision = Precision::fp32;
  Device device = Device::cpu;
  KernelChoice kernel{};
};

/// A point of the plane.
struct SlicePoint {
  double u;
  double v;
};

/// The places in the layer at which its kernel gives the neuron's parameters the bits that it gives them at
/// the neuron's own place, ascending. A matrix product is computed in blocks, and blocks of different sizes
/// sum in different orders, so that the same neuron has other bits at other places. Found by trial: at each
/// of `probes` all places of the layer hold the neuron's parameters, and a place is left out once it differs.
/// Throws InputError for what does not fit.
std::vector<std::int64_t> alike_places(const NeuronPlane& plane, std::span<const SlicePoint> probes,
                                       const SliceEvaluation& evaluation);

/// The pre-activation at the points (u[j], v[i]) of the plane, as LibTorch's linear layer computes it; point
/// (i, j) is element i · |u| + j, exact in a double. The parameters are NeuronPlane::at() rounded to the
/// precision's storage format. Matrices have the shapes of the layer's forward pass, mini-batch × inputs and
/// neurons × inputs, so that its kernel runs; points stand at `places` only, so many at a time. Throws
/// InputError for what does not fit, and for no places.
std::vector<double> slice_values(const NeuronPlane& plane, std::span<const double> u,
                                 std::span<const double> v, const SliceEvaluation& evaluation,
                                 std::span<const std::int64_t> places);

}  // namespace relu0
