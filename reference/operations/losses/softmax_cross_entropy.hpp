#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const SoftmaxCrossEntropy& loss, const LayerContext& context);
bool is_structural_zero(const SoftmaxCrossEntropy& loss, const ZeroQuestion& at);

}  // namespace relu0::reference
