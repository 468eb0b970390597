#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Reshape& reshape, const LayerContext& context);
bool is_structural_zero(const Reshape& reshape, const ZeroQuestion& at);

}  // namespace relu0::reference
