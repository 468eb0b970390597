#include "analysis/models/open_model.hpp"

#include "analysis/models/network_model.hpp"
#include "analysis/torchscript/script_model.hpp"
#include "fixtures/error.hpp"

#include <fstream>
#include <optional>

#include <fmt/format.h>

namespace relu0 {

namespace {

bool is_onnx(const std::filesystem::path& path) {
  if (path.extension() == ".onnx") {
    return true;
  }
  // Field 1 of a ModelProto, a variable-length integer: the version of its format.
  constexpr int first_byte = 0x08;
  std::ifstream stream(path, std::ios::binary);
  return stream.get() == first_byte;
}

/// The loss that the importer holds the model's ending against. Mean squared errors are taken of any output,
/// and the toolkit's description of them knows labels only.
std::optional<Operation> ending(ScriptLoss loss) {
  if (loss == ScriptLoss::cross_entropy) {
    return SoftmaxCrossEntropy{};
  }
  return loss == ScriptLoss::nll ? std::optional<Operation>(NegativeLogLikelihood{}) : std::nullopt;
}

void refuse_onnx_options(const std::filesystem::path& path, const OnnxOptions& onnx) {
  const OnnxOptions usual;
  const char* given = !onnx.output.empty()                        ? "--output"
                      : onnx.input                                ? "--input-shape"
                      : onnx.final_softmax != usual.final_softmax ? "--softmax-in-loss"
                      : onnx.clip != usual.clip                   ? "--clip"
                                                                  : nullptr;
  if (given != nullptr) {
    throw InputError(fmt::format(
        "{}: {} is for ONNX models, and this is none: a TorchScript model says by its code what it "
        "takes and returns (--output-index chooses an element of a tuple)",
        path.string(), given));
  }
}

}  // namespace

std::unique_ptr<RunnableModel> open_model(const std::filesystem::path& path, ScriptLoss loss,
                                          const OnnxOptions& onnx) {
  if (!is_onnx(path)) {
    refuse_onnx_options(path, onnx);
    return std::make_unique<ScriptModel>(path);
  }
  if (loss == ScriptLoss::model) {
    throw InputError(fmt::format(
        "{}: an ONNX model holds a forward pass and no loss, so that --loss model has nothing to "
        "take: choose cross-entropy, nll or mse, or give a TorchScript model that returns its loss",
        path.string()));
  }
  return std::make_unique<NetworkModel>(path, import_onnx(path, {.loss = ending(loss),
                                                                 .final_softmax = onnx.final_softmax,
                                                                 .clip = onnx.clip,
                                                                 .output = onnx.output,
                                                                 .input = onnx.input,
                                                                 .max_values = onnx.max_values}));
}

}  // namespace relu0
