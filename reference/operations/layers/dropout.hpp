#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Dropout& dropout, const LayerContext& context);
bool is_structural_zero(const Dropout& dropout, const ZeroQuestion& at);

}  // namespace relu0::reference
