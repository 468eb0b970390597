#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const AveragePool& pool, const LayerContext& context);
bool is_structural_zero(const AveragePool& pool, const ZeroQuestion& at);

}  // namespace relu0::reference
