#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const BatchNorm& norm, const LayerContext& context);
bool is_structural_zero(const BatchNorm& norm, const ZeroQuestion& at);

}  // namespace relu0::reference
