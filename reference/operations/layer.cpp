#include "reference/operations/layer.hpp"

#include "reference/operations/layers.hpp"

#include <stdexcept>
#include <type_traits>
#include <variant>

namespace relu0::reference {

std::unique_ptr<Layer> make_layer(const Node& node, const LayerContext& context) {
  return std::visit(
      [&](const auto& operation) -> std::unique_ptr<Layer> {
        if constexpr (std::is_same_v<std::decay_t<decltype(operation)>, Input>) {
          throw std::logic_error("an Input computes nothing");
        } else {
          return make(operation, context);
        }
      },
      node.operation);
}

}  // namespace relu0::reference
