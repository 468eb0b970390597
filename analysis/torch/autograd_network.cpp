#include "analysis/torch/autograd_network.hpp"

#include "analysis/torch/operations/add.hpp"
#include "analysis/torch/operations/node.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/where.h>
#include <torch/csrc/autograd/custom_function.h>

namespace relu0 {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// ReLU whose derivative at 0 is chosen. LibTorch passes plain values through saved_data.
struct ReluFunction : torch::autograd::Function<ReluFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, double s, bool assigns) {
    context->save_for_backward({x});
    context->saved_data["s"] = s;
    context->saved_data["assigns"] = assigns;
    return x.clamp_min(0);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor x = context->get_saved_variables().front();
    const double s = context->saved_data["s"].toDouble();
    const bool assigns = context->saved_data["assigns"].toBool();
    const at::Tensor& gradient = gradients.front();
    at::Tensor result = gradient.masked_fill(x < 0, 0);
    if (assigns || s == 0) {
      result.masked_fill_(x == 0, s == 0 ? 0.0 : s);
    } else {
      result = at::where(x == 0, gradient * s, result);
    }
    return {result, {}, {}};
  }
};

/// @name Emulated arithmetic: the shared operations, each rounded once, as nodes of LibTorch's graph
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

/// A node in an emulated arithmetic.
struct RoundedNode {
  const Arithmetic& arithmetic;
  const Node& node;
  operations::NodeWeights weights;
  at::Tensor labels;
  ReluAtZero relu_at_zero;
  bool input_needed;

  [[nodiscard]] operations::NodeCall call(std::span<const at::Tensor> inputs) const {
    return {arithmetic, node.operation, inputs, weights, labels, relu_at_zero};
  }
};

struct RoundedFunction : torch::autograd::Function<RoundedFunction> {
  /// tensors: the node's inputs, then its parameters.
  static at::Tensor forward(AutogradContext* context, at::TensorList tensors, std::int64_t packed) {
    context->saved_data["address"] = packed;
    const auto& rounded = unpack<RoundedNode>(*context);
    variable_list inputs = tensors.slice(0, rounded.node.inputs.size()).vec();
    operations::NodeResult result = operations::forward(rounded.call(inputs));
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
    variable_list result(count);
    if (rounded.input_needed) {
      result.assign(count, operations::input_gradient(call, kept, gradient, of_parameters));
    }
    for (std::size_t i = 0; i < of_parameters.size(); ++i) {
      if (!of_parameters[i].defined()) {
        operations::compute_parameter_gradient(call, kept, gradient, i, of_parameters);
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
      sum = operations::add(unpack<Arithmetic>(*context), sum, gradients[i]);
    }
    return {sum, {}, {}};
  }
};

/// @}

/// An operation as a user of LibTorch calls it. Without a default: one that is not handled does not compile.
struct LibtorchOperation {
  std::span<const at::Tensor> inputs;
  std::span<const at::Tensor> parameters;
  std::span<const at::Tensor> buffers;
  const at::Tensor& labels;
  ReluAtZero relu_at_zero;

  [[nodiscard]] const at::Tensor& x() const { return inputs.front(); }
  [[nodiscard]] at::Tensor bias() const { return parameters.size() == 2 ? parameters[1] : at::Tensor(); }

  at::Tensor operator()(const Input& /*unused*/) const {
    throw std::logic_error("an Input computes nothing");
  }
  at::Tensor operator()(const Linear& /*unused*/) const {
    return at::linear(x().flatten(1), parameters[0], bias());
  }
  at::Tensor operator()(const Convolution& convolution) const {
    return at::conv2d(x(), parameters[0], bias(), convolution.window.stride, convolution.window.padding);
  }
  at::Tensor operator()(const BatchNorm& norm) const {
    const bool training = norm.statistics == BatchStatistics::of_mini_batch;
    return at::batch_norm(x(), parameters[0], parameters[1], training ? at::Tensor() : buffers[0],
                          training ? at::Tensor() : buffers[1], training, /*momentum=*/0.1, norm.epsilon,
                          /*cudnn_enabled=*/false);
  }
  at::Tensor operator()(const Relu& /*unused*/) const {
    return ReluFunction::apply(x(), relu_at_zero.value, relu_at_zero.rule == Rule::published_code);
  }
  at::Tensor operator()(const MaxPool& pool) const {
    return at::max_pool2d(x(), pool.window.kernel, pool.window.stride, pool.window.padding);
  }
  at::Tensor operator()(const AveragePool& pool) const {
    return at::avg_pool2d(x(), pool.window.kernel, pool.window.stride, pool.window.padding);
  }
  at::Tensor operator()(const AdaptiveAveragePool& pool) const {
    return at::adaptive_avg_pool2d(x(), {pool.height, pool.width});
  }
  at::Tensor operator()(const Add& /*unused*/) const { return inputs[0] + inputs[1]; }
  at::Tensor operator()(const Flatten& /*unused*/) const { return x().flatten(1); }
  at::Tensor operator()(const SoftmaxCrossEntropy& /*unused*/) const {
    return at::cross_entropy_loss(x(), labels);
  }
};

}  // namespace

AutogradNetwork::AutogradNetwork(const Network& network, Arithmetic arithmetic, ReluAtZero relu_at_zero,
                                 OfInput of_input)
    : network_(&network), arithmetic_(arithmetic), relu_at_zero_(relu_at_zero), flow_(network, of_input) {}

void AutogradNetwork::set_weights(const LoadedWeights& weights) {
  weights_ = weights;
  parameters_.clear();
  for (const at::Tensor& value : weights.parameters()) {
    parameters_.push_back(value.clone().requires_grad_());
  }
}

void AutogradNetwork::step(const at::Tensor& inputs, const at::Tensor& labels) {
  arithmetic_.activate();
  for (at::Tensor& parameter : parameters_) {
    parameter.mutable_grad().reset();
  }
  const auto& nodes = network_->nodes();
  Shape shape = network_->output_shapes().front();
  shape.insert(shape.begin(), inputs.size(0));
  input_ = inputs.view(shape).detach().requires_grad_(flow_.needed.front());

  const bool rounded = arithmetic_.emulated();
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
    variable_list read;
    for (const std::size_t input : nodes[i].inputs) {
      // The last consumer stands first, so each takes what is left at the end.
      read.push_back(outputs[input].back());
      outputs[input].pop_back();
    }
    const operations::NodeWeights weights = weights_.of_node(i);
    const auto parameters =
        std::span(parameters_).subspan(weights_.first_parameter(i), weights.parameters.size());
    if (rounded) {
      rounded_nodes.push_back(
          {arithmetic_, nodes[i], weights, labels, relu_at_zero_, flow_.input_needed(nodes[i])});
      read.insert(read.end(), parameters.begin(), parameters.end());
      give(i, RoundedFunction::apply(at::TensorList(read), pack(rounded_nodes.back())));
    } else {
      give(i, std::visit(LibtorchOperation{read, parameters, weights.buffers, labels, relu_at_zero_},
                         nodes[i].operation));
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
