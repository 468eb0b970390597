#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Add& add, const LayerContext& context);
bool is_structural_zero(const Add& add, const ZeroQuestion& at);

}  // namespace relu0::reference
