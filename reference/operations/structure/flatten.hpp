#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Flatten& flatten, const LayerContext& context);
bool is_structural_zero(const Flatten& flatten, const ZeroQuestion& at);

}  // namespace relu0::reference
