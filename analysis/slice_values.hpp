#pragma once
#include "analysis/device.hpp"
#include "fixtures/dataset.hpp"
#include "fixtures/neuron_plane.hpp"
#include "fixtures/precision.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace relu0 {

/// How a neuron's pre-activation is evaluated over a plane: as in the forward pass of its layer.
struct SliceEvaluation {
  const Batch& batch;       ///< the layer's input: the whole mini-batch
  std::int64_t sample = 0;  ///< whose pre-activation is looked at
  std::int64_t neurons =
      1;  ///< of the layer: so many points are evaluated at a time, each as one of its neurons
  Precision precision = Precision::fp32;
  Device device = Device::cpu;
};

/// The pre-activation at the points (u[j], v[i]) of the plane, as LibTorch's linear layer computes it; point
/// (i, j) is element i · |u| + j, exact in a double. The parameters are NeuronPlane::at() rounded to the
/// precision's storage format. Matrices have the shapes of the layer's forward pass, mini-batch × inputs and
/// neurons × inputs, so that its kernel runs; the last points are repeated to fill a layer. Throws InputError
/// for what does not fit.
std::vector<double> slice_values(const NeuronPlane& plane, std::span<const double> u,
                                 std::span<const double> v, const SliceEvaluation& evaluation);

}  // namespace relu0
