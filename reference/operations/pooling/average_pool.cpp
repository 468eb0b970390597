#include "reference/operations/pooling/average_pool.hpp"

#include "reference/operations/pooling/average_pool_layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const AveragePool& pool, const LayerContext& context) {
  return std::make_unique<AveragePoolLayer>(
      context,
      sliding_windows(pool.window, context.input_shapes[0], context.output_shape, pool.count_padding));
}

bool is_structural_zero(const AveragePool& pool, const ZeroQuestion& at) {
  return window_is_zero(at, sliding_windows(pool.window, at.input(), at.output(), pool.count_padding));
}

}  // namespace relu0::reference
