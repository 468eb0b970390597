#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/import/imported_pass.hpp"
#include "analysis/torchscript/runnable_model.hpp"

#include <functional>
#include <span>
#include <string>

#include <ATen/core/ivalue.h>

namespace relu0 {

/// Describes a forward pass as a network, by following the operators that LibTorch runs for it, whatever
/// control flow and calls between modules led to them. Each tensor is known as a node's output, a parameter,
/// a buffer or a constant; an operator on what was computed from the mini-batch becomes nodes of the network
/// or is a gap. So nothing that has an effect on the result is passed over: what the importer does not know
/// makes its result unknown, and so does memory that changed under a view.
///
/// Imported are, in the spellings of torch, torch.nn and torch.nn.functional, in place or not: linear, addmm,
/// mm and matmul with a parameter, conv2d, batch_norm, dropout in evaluation mode; relu, relu6, hardtanh,
/// clamp, threshold(0, 0), leaky_relu, abs, softmax and log_softmax of rows; max_pool2d, avg_pool2d,
/// adaptive_avg_pool2d, mean over images; add, mul, cat, chunk, split, narrow and slices without gaps of each
/// sample, flatten, view, reshape, permute, transpose; cross_entropy and nll_loss with labels, mse_loss with
/// given targets.
///
/// instance: that runs. inputs: its arguments. `pass` runs forward() on them in the calling thread, without
/// TorchScript's optimisation, and returns the loss. `name`: of the network. Throws what `pass` throws.
ImportedPass import_pass(const RunnableInstance& instance, std::span<const c10::IValue> inputs,
                         const std::string& name, const std::function<at::Tensor()>& pass);

}  // namespace relu0
