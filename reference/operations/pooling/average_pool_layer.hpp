#pragma once
#include "reference/operations/pooling/pool_layer.hpp"

namespace relu0::reference {

/// Means over windows of any sizes.
class AveragePoolLayer : public PoolLayer {
 public:
  using PoolLayer::PoolLayer;

  LayerOutput forward(const LayerInputs& inputs) override;
  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override;
};

}  // namespace relu0::reference
