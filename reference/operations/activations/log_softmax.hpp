#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

std::unique_ptr<Layer> make(const LogSoftmax& log_softmax, const LayerContext& context);
bool is_structural_zero(const LogSoftmax& log_softmax, const ZeroQuestion& at);

}  // namespace relu0::reference
