#include "reference/operations/pooling/adaptive_average_pool.hpp"

#include "reference/operations/pooling/average_pool_layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const AdaptiveAveragePool& /*pool*/, const LayerContext& context) {
  return std::make_unique<AveragePoolLayer>(context,
                                            adaptive_windows(context.input_shapes[0], context.output_shape));
}

bool is_structural_zero(const AdaptiveAveragePool& /*pool*/, const ZeroQuestion& at) {
  return window_is_zero(at, adaptive_windows(at.input(), at.output()));
}

}  // namespace relu0::reference
