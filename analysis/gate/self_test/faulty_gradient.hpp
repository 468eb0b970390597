#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/gate/self_test/gradient_fault.hpp"
#include "analysis/torchscript/script_pass.hpp"

namespace relu0::gate {

/// A hook that puts the fault into the gradients of one runner's first pass. Each call gives a hook that
/// begins anew.
GradientHook hook_of(GradientFaultKind fault);

}  // namespace relu0::gate
