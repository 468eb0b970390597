#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/script_pass.hpp"
#include "fixtures/models/onnx/import_onnx.hpp"

#include <memory>

namespace relu0 {

/// Reads a model of either format: a file that is called *.onnx or begins as ONNX's do is an ONNX model,
/// every other TorchScript. `onnx.loss` is not used: what an ONNX model ends in is held against `loss`.
///
/// Throws InputError what import_onnx() and ScriptModel do; for ScriptLoss::model with an ONNX model, which
/// holds no loss; and for options of ONNX models that are given for a TorchScript one.
std::unique_ptr<RunnableModel> open_model(const std::filesystem::path& path, ScriptLoss loss,
                                          const OnnxOptions& onnx);

}  // namespace relu0
