#pragma once
#include "analysis/torchscript/script_model.hpp"
#include "analysis/torchscript/script_pass.hpp"

#include <string>
#include <vector>

#include <torch/csrc/jit/api/module.h>

namespace relu0::test {

/// A folder of its own for the calling test, empty.
std::filesystem::path empty_folder(const std::string& name);

/// A model of `forward`'s body with a parameter `b`, zeros (−0, so that x + b is x) of the length of `c`, and
/// a buffer `c`. So the gradient of sum(f(x + b) · c) with respect to b is c · f'(x).
torch::jit::Module module_of(const std::string& body, const std::vector<double>& c);

/// A module as a file that was read again.
ScriptModel saved(const torch::jit::Module& module);

/// A tensor of binary32 numbers of one dimension.
at::Tensor vector_of(const std::vector<double>& values);

/// The elements of a tensor.
std::vector<double> values_of(const at::Tensor& tensor);

/// One pass whose loss is the model's output, over one input.
ScriptResult run(const ScriptModel& model, const at::Tensor& x, const ScriptChoices& choices = {},
                 ScriptSettings settings = {.loss = ScriptLoss::model});

/// d loss / d parameter by LibTorch alone: a module loaded and run without the toolkit.
std::vector<at::Tensor> plain_gradients(const ScriptModel& model, const ScriptBatch& batch, ScriptLoss loss,
                                        at::ScalarType type = at::kFloat);

}  // namespace relu0::test
