#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Multiply& multiply, const LayerContext& context);
bool is_structural_zero(const Multiply& multiply, const ZeroQuestion& at);

}  // namespace relu0::reference
