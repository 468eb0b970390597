#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Clamp& clamp, const LayerContext& context);
bool is_structural_zero(const Clamp& clamp, const ZeroQuestion& at);

}  // namespace relu0::reference
