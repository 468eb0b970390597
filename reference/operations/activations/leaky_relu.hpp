#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const LeakyRelu& leaky_relu, const LayerContext& context);
bool is_structural_zero(const LeakyRelu& leaky_relu, const ZeroQuestion& at);

}  // namespace relu0::reference
