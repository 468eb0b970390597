#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Shift& shift, const LayerContext& context);
bool is_structural_zero(const Shift& shift, const ZeroQuestion& at);

}  // namespace relu0::reference
