#include "analysis/autograd_network.hpp"

#include <type_traits>

#include <torch/torch.h>

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
      result = torch::where(x == 0, gradient * s, result);
    }
    return {result, {}, {}};
  }
};

/// @name Emulated arithmetic: the shared operations, each rounded once, as nodes of LibTorch's graph
/// The Arithmetic outlives the graph, which is used up within AutogradNetwork::step.
/// @{

std::int64_t pack(const Arithmetic& arithmetic) { return reinterpret_cast<std::int64_t>(&arithmetic); }
const Arithmetic& unpack(const AutogradContext& context) {
  return *reinterpret_cast<const Arithmetic*>(context.saved_data.at("arithmetic").toInt());
}

struct RoundedLinear : torch::autograd::Function<RoundedLinear> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& bias, std::int64_t packed) {
    context->save_for_backward({x, weight});
    context->saved_data["arithmetic"] = packed;
    const Arithmetic& arithmetic = unpack(*context);
    at::Tensor out = at::empty({x.size(0), weight.size(0)}, x.options());
    operations::linear(arithmetic, out, x, arithmetic.operand(weight), bias);
    return out;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Arithmetic& arithmetic = unpack(*context);
    const at::Tensor& gradient = gradients.front();
    return {operations::linear_input_gradient(arithmetic, gradient, arithmetic.operand(saved[1])),
            operations::linear_weight_gradient(arithmetic, gradient, saved[0]),
            operations::linear_bias_gradient(arithmetic, gradient),
            {}};
  }
};

struct RoundedBatchNorm : torch::autograd::Function<RoundedBatchNorm> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& bias, double epsilon, std::int64_t packed) {
    context->saved_data["arithmetic"] = packed;
    context->saved_data["epsilon"] = epsilon;
    const operations::NormalisedBatch result =
        operations::batch_norm(unpack(*context), x, weight, bias, epsilon);
    context->save_for_backward({x, weight, result.mean, result.inverse_deviation});
    return result.output;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const operations::BatchNormGradient result = operations::batch_norm_gradient(
        unpack(*context), gradients.front(), saved[0], saved[1], {{}, saved[2], saved[3]},
        context->saved_data.at("epsilon").toDouble());
    return {result.input, result.weight, result.bias, {}, {}};
  }
};

struct RoundedRelu : torch::autograd::Function<RoundedRelu> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, double s, bool assigns,
                            std::int64_t packed) {
    context->save_for_backward({x});
    context->saved_data["arithmetic"] = packed;
    context->saved_data["s"] = s;
    context->saved_data["assigns"] = assigns;
    return x.clamp_min(0);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const Rule rule = context->saved_data.at("assigns").toBool() ? Rule::published_code : Rule::chain_rule;
    return {
        operations::relu_gradient(unpack(*context), gradients.front(), context->get_saved_variables().front(),
                                  {context->saved_data.at("s").toDouble(), rule}),
        {},
        {},
        {}};
  }
};

struct RoundedCrossEntropy : torch::autograd::Function<RoundedCrossEntropy> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& logits, const at::Tensor& labels,
                            std::int64_t packed) {
    context->saved_data["arithmetic"] = packed;
    const operations::Loss loss = operations::cross_entropy(unpack(*context), logits, labels);
    context->save_for_backward({labels, loss.log_probabilities, loss.value, loss.total_weight});
    return loss.value.clone();
  }
  static variable_list backward(AutogradContext* context, variable_list /*gradients*/) {
    const variable_list saved = context->get_saved_variables();
    return {operations::cross_entropy_gradient(unpack(*context), {saved[1], saved[2], saved[3]}, saved[0]),
            {},
            {}};
  }
};

/// @}

}  // namespace

AutogradNetwork::AutogradNetwork(const Network& network, Arithmetic arithmetic, ReluAtZero relu_at_zero)
    : network_(&network), arithmetic_(arithmetic), relu_at_zero_(relu_at_zero) {}

void AutogradNetwork::set_weights(const LoadedWeights& weights) {
  parameters_.clear();
  for (const at::Tensor& value : weights.values) {
    parameters_.push_back(value.clone().requires_grad_());
  }
}

void AutogradNetwork::step(const at::Tensor& inputs, const at::Tensor& labels) {
  arithmetic_.activate();
  for (at::Tensor& parameter : parameters_) {
    parameter.mutable_grad().reset();
  }
  const bool rounded = arithmetic_.emulated();
  const bool assigns = relu_at_zero_.rule == Rule::published_code;
  std::vector<at::Tensor> outputs{inputs};
  auto parameter = parameters_.begin();
  for (std::size_t i = 1; i < network_->nodes().size(); ++i) {
    const Node& node = network_->nodes()[i];
    const at::Tensor& x = outputs[node.inputs.front()];
    outputs.push_back(std::visit(
        [&](const auto& operation) -> at::Tensor {
          using Kind = std::decay_t<decltype(operation)>;
          if constexpr (std::is_same_v<Kind, Linear>) {
            const at::Tensor& weight = *parameter++;
            const at::Tensor& bias = *parameter++;
            return rounded ? RoundedLinear::apply(x, weight, bias, pack(arithmetic_))
                           : torch::linear(x, weight, bias);
          } else if constexpr (std::is_same_v<Kind, BatchNorm>) {
            const at::Tensor& weight = *parameter++;
            const at::Tensor& bias = *parameter++;
            return rounded ? RoundedBatchNorm::apply(x, weight, bias, operation.epsilon, pack(arithmetic_))
                           : torch::batch_norm(x, weight, bias, {}, {}, /*training=*/true, /*momentum=*/0.1,
                                               operation.epsilon, /*cudnn_enabled=*/false);
          } else if constexpr (std::is_same_v<Kind, Relu>) {
            return rounded ? RoundedRelu::apply(x, relu_at_zero_.value, assigns, pack(arithmetic_))
                           : ReluFunction::apply(x, relu_at_zero_.value, assigns);
          } else if constexpr (std::is_same_v<Kind, SoftmaxCrossEntropy>) {
            return rounded ? RoundedCrossEntropy::apply(x, labels, pack(arithmetic_))
                           : torch::nn::functional::cross_entropy(x, labels);
          } else {
            return x;
          }
        },
        node.operation));
  }
  loss_ = outputs.back();
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
