#pragma once
#include "reference/arithmetic/tensor.hpp"
#include "reference/operations/offsets.hpp"

namespace relu0::reference {

/// Element j: Σ over `positions` of output_gradient[features[j] + position], correctly rounded.
Tensor bias_gradient(const Tensor& output_gradient, const Offsets& features, const Offsets& positions,
                     int threads);

}  // namespace relu0::reference
