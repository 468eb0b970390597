#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Transpose& transpose, const LayerContext& context);
bool is_structural_zero(const Transpose& transpose, const ZeroQuestion& at);

}  // namespace relu0::reference
