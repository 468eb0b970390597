#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/kinks/script_kinks.hpp"

#include <filesystem>
#include <memory>

#include <ATen/core/Tensor.h>

namespace torch::jit {
struct Module;
}

namespace relu0 {

/// A parameter or buffer of a model as its file holds it.
struct ScriptTensor {
  std::string name;  ///< "layer1.0.weight"
  std::vector<std::int64_t> shape;
  std::string type;            ///< "Float", "Half" …
  bool requires_grad = false;  ///< false: frozen, gets no gradient
};

/// What a model is before it runs.
struct ScriptInfo {
  std::vector<std::string> arguments;  ///< names of forward()'s, without self
  std::vector<ScriptTensor> parameters;
  std::vector<ScriptTensor> buffers;
  /// Operators of the graph that have a kink or are not known, each with its place, in the order of the
  /// graph; calls through an interface are only seen when they run.
  std::vector<OperatorPlace> kinks;
  std::vector<UncontrolledOperator> uncontrolled;
  /// Submodules in training mode whose results then depend on the mini-batch or on chance: batch-norm,
  /// dropout.
  std::vector<std::string> in_training;
  /// Submodules that are called through an interface, which the list of kinks can't look into.
  std::vector<std::string> interface_calls;
};

/// A TorchScript model that was read from a file. TorchScript is deprecated upstream; what else reads a model
/// hands out one of these.
class ScriptModel {
 public:
  /// Reads a file that torch.jit.save() wrote, of PyTorch 1.5 or later. Nothing is written, and nothing but
  /// TorchScript's own archive reader looks at its contents. Throws InputError, which names the file, what is
  /// wrong and the remedy, for: a path that leads nowhere or to a folder; an empty, truncated or foreign
  /// file; a state dict or a pickle; a format newer than this LibTorch; an operator that is not registered;
  /// an archive whose contents are larger than what PyTorch could have packed; code that reads or writes
  /// files.
  explicit ScriptModel(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const ScriptInfo& info() const { return info_; }

  /// A copy of the model of its own, with an executor of its own: a plan that one executor has made for a
  /// module stays with it. All floating-point tensors are of `type` (at::kFloat or at::kDouble);
  /// half-precision values are exact in both.
  [[nodiscard]] torch::jit::Module instance(at::ScalarType type) const;

 private:
  std::filesystem::path path_;
  std::shared_ptr<const std::string> bytes_;
  ScriptInfo info_;
};

/// Loads a shared library that registers operators (torchvision's, for example), and thereby runs foreign
/// code. Throws InputError where it can't be loaded.
void load_operator_library(const std::filesystem::path& path);

}  // namespace relu0
