#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const MeanSquaredError& loss, const LayerContext& context);
bool is_structural_zero(const MeanSquaredError& loss, const ZeroQuestion& at);

}  // namespace relu0::reference
