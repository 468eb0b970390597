#include "analysis/torchscript/kinks/detached_call.hpp"

#include "analysis/torchscript/kinks/operator_kinds.hpp"

#include <stdexcept>

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/variable.h>

namespace relu0 {

std::vector<torch::autograd::Edge> gradient_edges(std::span<const c10::IValue> arguments) {
  std::vector<torch::autograd::Edge> edges;
  for (const c10::IValue& value : arguments) {
    const bool has_gradient =
        value.isTensor() && value.toTensor().defined() && value.toTensor().requires_grad();
    edges.push_back(has_gradient ? torch::autograd::impl::gradient_edge(value.toTensor())
                                 : torch::autograd::Edge());
  }
  return edges;
}

EdgeArguments arguments_of_edges(const torch::autograd::Node& node,
                                 std::span<const torch::autograd::Edge> given) {
  EdgeArguments result;
  std::size_t next = 0;
  for (const torch::autograd::Edge& edge : node.next_edges()) {
    std::size_t argument = edge.is_valid() ? next : given.size();
    while (argument < given.size() && !(given[argument] == edge)) {
      ++argument;
    }
    result.push_back(argument == given.size() ? no_argument : argument);
    next = argument == given.size() ? next : argument + 1;
  }
  return result;
}

c10::OperatorHandle functional(const c10::OperatorHandle& op) {
  if (!op.schema().is_mutable()) {
    return op;
  }
  c10::OperatorName name = op.operator_name();
  name.name = functional_name(name.name);
  const auto found = c10::Dispatcher::singleton().findSchema(name);
  if (!found) {
    throw std::logic_error("no operator " + name.name);
  }
  return *found;
}

DetachedCall::DetachedCall(const c10::OperatorHandle& op, std::vector<c10::IValue> arguments)
    : arguments_(arguments.size()) {
  for (c10::IValue& argument : arguments) {
    if (argument.isTensor() && argument.toTensor().defined()) {
      const bool requires_gradient = argument.toTensor().requires_grad();
      argument = argument.toTensor().detach().set_requires_grad(requires_gradient);
    }
  }
  const std::vector<torch::autograd::Edge> edges = gradient_edges(arguments);
  torch::jit::Stack stack(arguments.begin(), arguments.end());
  const c10::AutoGradMode with_gradients(true);
  functional(op).callBoxed(&stack);
  result_ = stack.front().toTensor();
  edges_ = arguments_of_edges(*result_.grad_fn(), edges);
}

std::vector<at::Tensor> DetachedCall::gradients(const at::Tensor& gradient) const {
  torch::autograd::Node& node = *result_.grad_fn();
  std::vector<at::Tensor> given(node.num_inputs());
  given.at(result_.output_nr()) = gradient;
  const std::vector<at::Tensor> of_edges = node(std::move(given));
  std::vector<at::Tensor> result(arguments_);
  for (std::size_t i = 0; i < of_edges.size(); ++i) {
    if (edges_[i] != no_argument) {
      result[edges_[i]] = of_edges[i];
    }
  }
  return result;
}

}  // namespace relu0
