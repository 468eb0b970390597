#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Absolute& absolute, const LayerContext& context);
bool is_structural_zero(const Absolute& absolute, const ZeroQuestion& at);

}  // namespace relu0::reference
