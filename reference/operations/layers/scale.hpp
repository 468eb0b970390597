#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Scale& scale, const LayerContext& context);
bool is_structural_zero(const Scale& scale, const ZeroQuestion& at);

}  // namespace relu0::reference
