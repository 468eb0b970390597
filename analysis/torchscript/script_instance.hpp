#pragma once
// Private to analysis.
#include "analysis/torchscript/runnable_model.hpp"

#include <memory>

namespace torch::jit {
struct Module;
}

namespace relu0 {

/// A module of its own, to be run by TorchScript's interpreter or, where the caller switches its optimisation
/// on, by its executor. Forked parts run at once, in the calling thread.
std::unique_ptr<RunnableInstance> script_instance(torch::jit::Module module);

}  // namespace relu0
