#include "reference/operations/layer.hpp"

#include "reference/operations/all.hpp"

namespace relu0::reference {

namespace {

/// Calls `function` with the node's operation, all of whose reference part must be there.
template <typename Function>
decltype(auto) with_reference_part(const Node& node, const Function& function) {
  return visit_computed([&function]<WithReferencePart Described>(
                            const Described& operation) -> decltype(auto) { return function(operation); },
                        node.operation);
}

}  // namespace

std::unique_ptr<Layer> make_layer(const Node& node, const LayerContext& context) {
  return with_reference_part(node, [&](const auto& operation) { return make(operation, context); });
}

bool is_structural_zero(const Node& node, const ZeroQuestion& at) {
  return with_reference_part(node, [&](const auto& operation) { return is_structural_zero(operation, at); });
}

}  // namespace relu0::reference
