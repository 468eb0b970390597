#include "reference/operations/structure/flatten.hpp"

#include "reference/operations/structure/reshape_layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Flatten& /*flatten*/, const LayerContext& context) {
  return std::make_unique<ReshapeLayer>(context);
}

bool is_structural_zero(const Flatten& /*flatten*/, const ZeroQuestion& at) {
  return at.input_is_zero(at.index());
}

}  // namespace relu0::reference
