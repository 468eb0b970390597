#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const LocalResponseNorm& norm, const LayerContext& context);
bool is_structural_zero(const LocalResponseNorm& norm, const ZeroQuestion& at);

}  // namespace relu0::reference
