#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/runnable_model.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace torch::jit {
struct Module;
}

namespace relu0 {

/// A TorchScript model. TorchScript is deprecated upstream, so nothing but this class knows that it is one.
class ScriptModel : public RunnableModel {
 public:
  /// Reads a file that torch.jit.save() wrote, of PyTorch 1.5 or later. Nothing is written, and nothing but
  /// TorchScript's own archive reader looks at its contents. Throws InputError, which names the file, what is
  /// wrong and the remedy, for: a path that leads nowhere or to a folder; an empty, truncated or foreign
  /// file; a state dict or a pickle; a format newer than this LibTorch; an operator that is not registered;
  /// an archive whose contents are larger than what PyTorch could have packed; code that reads or writes
  /// files.
  explicit ScriptModel(const std::filesystem::path& path);

  [[nodiscard]] std::unique_ptr<RunnableInstance> prepare(at::ScalarType type) const override;

  /// The module that prepare() runs: a copy of its own, with an executor of its own, since a plan that one
  /// executor has made for a module stays with it. Its tensors are of `type`, as prepare() says.
  [[nodiscard]] torch::jit::Module instance(at::ScalarType type) const;

 private:
  std::shared_ptr<const std::string> bytes_;
};

/// Loads a shared library that registers operators (torchvision's, for example), and thereby runs foreign
/// code. Throws InputError where it can't be loaded.
void load_operator_library(const std::filesystem::path& path);

}  // namespace relu0
