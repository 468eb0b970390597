#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Convolution& convolution, const LayerContext& context);
bool is_structural_zero(const Convolution& convolution, const ZeroQuestion& at);

}  // namespace relu0::reference
