#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Narrow& narrow, const LayerContext& context);
bool is_structural_zero(const Narrow& narrow, const ZeroQuestion& at);

}  // namespace relu0::reference
