#pragma once
#include "fixtures/network/neuron_plane.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace relu0::reference {

/// The pre-activation of one neuron for one input, in the reals, over points of a plane of its parameters.
struct PlaneValues {
  /// Point (i, j) is values[i · |u| + j], at (u[j], v[i]), its parameters unrounded. Within
  /// `bound` + 2^−53 |value| of the exact pre-activation.
  std::vector<double> values;
  double bound = 0;
  /// For each point, whether the pre-activation is certainly not 0: further than `bound` from it.
  std::vector<bool> certain;
};

/// A + u B + v C, where A = centre · (x, 1) and so on are inner products correctly rounded to `bits` bits p,
/// and the sum has two roundings more: each within 2^−p of M = |A| + |u B| + |v C|, relatively. So
/// bound = 4 · 2^−p · max M, before the one rounding to a double. Throws InputError for sizes that do not
/// fit, values that are not finite, and bits outside [64, max_bits].
PlaneValues plane_values(const NeuronPlane& plane, std::span<const float> input, std::span<const double> u,
                         std::span<const double> v, int bits);

}  // namespace relu0::reference
