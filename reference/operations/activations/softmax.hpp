#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Softmax& softmax, const LayerContext& context);
bool is_structural_zero(const Softmax& softmax, const ZeroQuestion& at);

}  // namespace relu0::reference
