#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/script_pass.hpp"

namespace relu0 {

/// The tensor in what a model returns. Throws InputError where that is not one, or where settings.output is
/// needed and not given.
at::Tensor output_tensor(const c10::IValue& returned, const ScriptSettings& settings);

/// The loss as a tensor of one element. Throws InputError where output or target does not fit: shapes and
/// types that were seen and that are expected, and labels out of range.
at::Tensor loss_of(const at::Tensor& output, const at::Tensor& target, ScriptLoss loss);

/// How many of the targets the loss is a mean over: labels of -100 are left out, which is LibTorch's default.
/// Not for ScriptLoss::model, whose loss is not known.
std::int64_t targets_that_count(const at::Tensor& target, ScriptLoss loss);

}  // namespace relu0
