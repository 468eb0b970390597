#pragma once
#include "reference/operations/pooling/pool_layer.hpp"

namespace relu0::reference {

/// Means over windows of any sizes.
class AveragePoolLayer : public PoolLayer {
 public:
  using PoolLayer::PoolLayer;

  LayerOutput forward(const LayerInputs& inputs) override;
  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override;

 private:
  /// ‖·‖₂ of the map, and of its transpose: a mean of n ≤ area elements x has n / area² ‖x‖₂² as its square
  /// at most, and each element lies in `overlap` windows at most.
  [[nodiscard]] Radius norm() const;
};

}  // namespace relu0::reference
