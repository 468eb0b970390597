#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Linear& linear, const LayerContext& context);
bool is_structural_zero(const Linear& linear, const ZeroQuestion& at);

}  // namespace relu0::reference
