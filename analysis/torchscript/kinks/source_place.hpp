#pragma once
// Private to analysis.
#include "analysis/torchscript/kinks/script_kinks.hpp"

namespace torch::jit {
struct SourceRange;
}

namespace relu0 {

/// The place in a model's source that the TorchScript interpreter of this thread is at: the innermost line of
/// the model's own code (lines of torch/nn, which say nothing about the model, only where there is no other),
/// and the submodule. Outside of an interpreter it is the place of the thread's NodePlace or, without one,
/// the source "loss", which is what the toolkit computes itself.
OperatorPlace current_place(const std::string& op);

/// While it lives, operators that this thread runs outside of an interpreter stand at a node of a model that
/// has no source code.
class NodePlace {
 public:
  /// The place's `op` is not used. It outlives this object.
  explicit NodePlace(const OperatorPlace& place);
  ~NodePlace();
  NodePlace(const NodePlace&) = delete;
  NodePlace& operator=(const NodePlace&) = delete;
  NodePlace(NodePlace&&) = delete;
  NodePlace& operator=(NodePlace&&) = delete;

 private:
  const OperatorPlace* outer_;
};

/// "file:line:column" of the Python source that a model was saved with, otherwise of the archive's own code;
/// "" where the range has no source.
std::string source_of(const torch::jit::SourceRange& range);

/// Whether such a place is in PyTorch's own modules and functions.
bool is_source_of_torch(const std::string& source);

}  // namespace relu0
