#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Relu& relu, const LayerContext& context);
bool is_structural_zero(const Relu& relu, const ZeroQuestion& at);

}  // namespace relu0::reference
