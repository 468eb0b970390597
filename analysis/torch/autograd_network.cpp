#include "analysis/torch/autograd_network.hpp"

#include "analysis/torch/operations/node.hpp"
#include "analysis/torch/operations/structure/add.hpp"

#include <ATen/TensorOperators.h>
#include <torch/csrc/autograd/custom_function.h>

namespace relu0 {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// @name Emulated arithmetic and other kernels than LibTorch's: the shared operations as nodes of its graph
/// LibTorch hands plain numbers on to the backward pass, so an address travels as one. What it points at
/// lives as long as AutogradNetwork::step, in which the graph is made and used up.
/// @{

template <typename T>
std::int64_t pack(const T& object) {
  return reinterpret_cast<std::int64_t>(&object);
}
template <typename T>
const T& unpack(const AutogradContext& context) {
  return *reinterpret_cast<const T*>(context.saved_data.at("address").toInt());
}

/// A node in an emulated arithmetic, or with a kernel that LibTorch's differentiable functions do not call.
struct RoundedNode {
  const operations::PassCall& pass;
  const Node& node;
  std::size_t index;
  operations::NodeWeights weights;
  bool input_needed;

  [[nodiscard]] operations::NodeCall call(std::span<const at::Tensor> inputs) const {
    return {pass, index, inputs, weights};
  }
};

struct RoundedFunction : torch::autograd::Function<RoundedFunction> {
  /// tensors: the node's inputs, then its parameters.
  static at::Tensor forward(AutogradContext* context, at::TensorList tensors, std::int64_t packed) {
    context->saved_data["address"] = packed;
    const auto& rounded = unpack<RoundedNode>(*context);
    variable_list inputs = tensors.slice(0, rounded.node.inputs.size()).vec();
    operations::OutputBuffer buffer;
    operations::NodeMemory memory{buffer};
    operations::NodeResult result = operations::forward(rounded.node, rounded.call(inputs), memory);
    inputs.insert(inputs.end(), result.kept.begin(), result.kept.end());
    context->save_for_backward(inputs);
    return result.output;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto& rounded = unpack<RoundedNode>(*context);
    const variable_list saved = context->get_saved_variables();
    const std::size_t count = rounded.node.inputs.size();
    const variable_list inputs(saved.begin(), saved.begin() + static_cast<std::ptrdiff_t>(count));
    const variable_list kept(saved.begin() + static_cast<std::ptrdiff_t>(count), saved.end());
    const operations::NodeCall call = rounded.call(inputs);
    const at::Tensor gradient = gradients.front().contiguous();
    variable_list of_parameters(rounded.weights.parameters.size());
    const operations::NodeGradients given{kept, gradient, of_parameters};
    variable_list result(count);
    if (rounded.input_needed) {
      result = operations::input_gradients(rounded.node, call, given);
    }
    for (std::size_t i = 0; i < of_parameters.size(); ++i) {
      if (!of_parameters[i].defined()) {
        operations::parameter_gradient(rounded.node, call, given, i);
      }
    }
    result.insert(result.end(), of_parameters.begin(), of_parameters.end());
    result.emplace_back();  // for `packed`
    return result;
  }
};

/// A value that several nodes read. Autograd would add their gradients up without rounding.
struct RoundedFork : torch::autograd::Function<RoundedFork> {
  static variable_list forward(AutogradContext* context, const at::Tensor& x, std::int64_t consumers,
                               std::int64_t packed) {
    context->saved_data["address"] = packed;
    variable_list copies;
    for (std::int64_t i = 0; i < consumers; ++i) {
      copies.push_back(x.view_as(x));
    }
    return copies;
  }
  /// gradients: in the order of GradientFlow::consumers.
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    at::Tensor sum = gradients.front();
    for (std::size_t i = 1; i < gradients.size(); ++i) {
      sum = operations::sum_of(unpack<Arithmetic>(*context), sum, gradients[i]);
    }
    return {sum, {}, {}};
  }
};

/// @}

}  // namespace

AutogradNetwork::AutogradNetwork(const Network& network, Arithmetic arithmetic, const KinkChoices& kinks,
                                 OfInput of_input)
    : network_(&network), arithmetic_(arithmetic), kinks_(kinks), flow_(network, of_input) {}

void AutogradNetwork::set_weights(const LoadedWeights& weights) {
  weights_ = weights;
  parameters_.clear();
  for (const at::Tensor& value : weights.parameters()) {
    parameters_.push_back(value.clone().requires_grad_());
  }
}

void AutogradNetwork::step(const at::Tensor& inputs, const at::Tensor& labels, DropoutKey dropout) {
  arithmetic_.activate();
  for (at::Tensor& parameter : parameters_) {
    parameter.mutable_grad().reset();
  }
  const auto& nodes = network_->nodes();
  Shape shape = network_->output_shapes().front();
  shape.insert(shape.begin(), inputs.size(0));
  input_ = inputs.view(shape).detach().requires_grad_(flow_.needed.front());

  const bool rounded = arithmetic_.emulated();
  const operations::PassCall pass{
      .arithmetic = arithmetic_, .kinks = kinks_, .labels = labels, .dropout = dropout};
  std::vector<RoundedNode> rounded_nodes;
  rounded_nodes.reserve(nodes.size());
  // For each node, its output as each of its consumers reads it, in the order of GradientFlow::consumers.
  std::vector<variable_list> outputs(nodes.size());
  const auto give = [&](std::size_t node, const at::Tensor& output) {
    const std::size_t consumers = flow_.consumers[node].size();
    outputs[node] = rounded && consumers > 1
                        ? RoundedFork::apply(output, static_cast<std::int64_t>(consumers), pack(arithmetic_))
                        : variable_list(std::max<std::size_t>(consumers, 1), output);
  };
  give(0, input_);
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    variable_list read(nodes[i].inputs.size());
    for (std::size_t input = read.size(); input-- > 0;) {
      // The last node stands first, and of one node the first input, so each takes what is left at the end.
      variable_list& copies = outputs[nodes[i].inputs[input]];
      read[input] = copies.back();
      copies.pop_back();
    }
    const operations::NodeWeights weights = weights_.of_node(i);
    const auto parameters =
        std::span(parameters_).subspan(weights_.first_parameter(i), weights.parameters.size());
    if (rounded || operations::has_own_kernel(nodes[i], arithmetic_)) {
      rounded_nodes.push_back({pass, nodes[i], i, weights, flow_.input_needed(nodes[i])});
      read.insert(read.end(), parameters.begin(), parameters.end());
      give(i, RoundedFunction::apply(at::TensorList(read), pack(rounded_nodes.back())));
    } else {
      give(i, operations::by_autograd(nodes[i], {read, parameters, weights.buffers, pass, i}));
    }
  }
  loss_ = outputs.back().front();
  loss_.backward();
}

std::vector<at::Tensor> AutogradNetwork::gradients() const {
  std::vector<at::Tensor> gradients;
  for (const at::Tensor& parameter : parameters_) {
    gradients.push_back(parameter.grad());
  }
  return gradients;
}

}  // namespace relu0
