#include "reference/operations/structure/reshape.hpp"

#include "reference/operations/structure/reshape_layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Reshape& /*reshape*/, const LayerContext& context) {
  return std::make_unique<ReshapeLayer>(context);
}

bool is_structural_zero(const Reshape& /*reshape*/, const ZeroQuestion& at) {
  return at.input_is_zero(at.index());
}

}  // namespace relu0::reference
