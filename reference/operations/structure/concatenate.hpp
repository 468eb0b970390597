#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const Concatenate& concatenate, const LayerContext& context);
bool is_structural_zero(const Concatenate& concatenate, const ZeroQuestion& at);

}  // namespace relu0::reference
