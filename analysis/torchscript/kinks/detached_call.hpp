#pragma once
// Private to analysis: includes LibTorch.
#include <memory>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <torch/csrc/autograd/edge.h>

namespace relu0 {

/// To which argument each edge of a node of LibTorch leads, or no_argument.
using EdgeArguments = std::vector<std::size_t>;
inline constexpr std::size_t no_argument = static_cast<std::size_t>(-1);

/// Where the gradient of each argument goes; of those without one, nowhere. To be asked before the operator
/// runs: one that works in place gives its argument another edge.
std::vector<torch::autograd::Edge> gradient_edges(std::span<const c10::IValue> arguments);

/// LibTorch's nodes have their edges in the order of the arguments, so that the same tensor given twice is
/// told apart.
EdgeArguments arguments_of_edges(const torch::autograd::Node& node,
                                 std::span<const torch::autograd::Edge> given);

/// The operator that computes out of place what `op` computes in place, or `op`.
c10::OperatorHandle functional(const c10::OperatorHandle& op);

/// A call of an operator beside the graph of the pass, on arguments that are cut off from it, whose node of
/// LibTorch can be asked for gradients any number of times.
class DetachedCall {
 public:
  /// Runs the operator, out of place. Gradients can be asked for with respect to the real tensors among the
  /// arguments that require one.
  DetachedCall(const c10::OperatorHandle& op, std::vector<c10::IValue> arguments);

  [[nodiscard]] const at::Tensor& result() const { return result_; }
  /// One gradient for each argument, undefined where there is none, from that of the first result.
  [[nodiscard]] std::vector<at::Tensor> gradients(const at::Tensor& gradient) const;

 private:
  std::size_t arguments_;
  at::Tensor result_;
  EdgeArguments edges_;
};

}  // namespace relu0
