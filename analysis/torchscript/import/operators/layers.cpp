#include "analysis/torchscript/import/operators/operators.hpp"

#include <array>

namespace relu0::script_import {

namespace {

/// x Wᵀ + b. W is the argument `weight`, or its transpose where `turned`.
std::vector<ScriptValue> append_linear(ScriptCall& call, std::string_view input, std::string_view weight,
                                       bool turned, std::string_view bias) {
  const at::Tensor w = call.tensor(weight);
  if (call.tensor(input).dim() != 2 || w.dim() != 2) {
    ScriptCall::refuse(
        "a matrix product is imported of mini-batch × features and a matrix of parameters only");
  }
  const bool has_bias = !bias.empty() && call.has(bias);
  std::vector<NodeTensor> tensors{call.weight("weight", weight, turned)};
  if (has_bias) {
    if (call.tensor(bias).dim() != 1) {
      ScriptCall::refuse("only a bias of one number for each feature is imported");
    }
    tensors.push_back(call.weight("bias", bias));
  }
  const Linear linear{
      .in_features = w.size(turned ? 0 : 1), .out_features = w.size(turned ? 1 : 0), .bias = has_bias};
  return {NodeValue{call.append(linear, {call.node(input)}, std::move(tensors))}};
}

std::vector<ScriptValue> import_linear(ScriptCall& call) {
  return append_linear(call, "input", "weight", false, "bias");
}

std::vector<ScriptValue> import_addmm(ScriptCall& call) {
  if (call.number("beta") != 1 || call.number("alpha") != 1) {
    ScriptCall::refuse("alpha and beta other than 1 are not imported");
  }
  return append_linear(call, "mat1", "mat2", true, "self");
}

std::vector<ScriptValue> import_mm(ScriptCall& call) {
  return append_linear(call, "self", call.has("mat2") ? "mat2" : "other", true, "");
}

std::vector<ScriptValue> import_convolution(ScriptCall& call) {
  const at::Tensor w = call.tensor("weight");
  if (w.dim() != 4 || call.tensor("input").dim() != 4) {
    ScriptCall::refuse("only convolutions of images of two dimensions are imported");
  }
  const bool transposed = call.has("transposed") && call.boolean("transposed");
  if (transposed) {
    ScriptCall::refuse("transposed convolutions are not imported");
  }
  const bool has_bias = call.has("bias");
  std::vector<NodeTensor> tensors{call.weight("weight", "weight")};
  if (has_bias) {
    tensors.push_back(call.weight("bias", "bias"));
  }
  const std::int64_t groups = call.integer("groups");
  const Convolution convolution{.in_channels = w.size(1) * groups,
                                .out_channels = w.size(0),
                                .window = {.kernel = {w.size(2), w.size(3)},
                                           .stride = call.pair("stride"),
                                           .padding = call.pair("padding"),
                                           .dilation = call.pair("dilation"),
                                           .padding_end = {}},
                                .bias = has_bias,
                                .groups = groups};
  return {NodeValue{call.append(convolution, {call.node("input")}, std::move(tensors))}};
}

std::vector<ScriptValue> import_batch_norm(ScriptCall& call) {
  const std::size_t input = call.node("input");
  const std::int64_t features = call.shape(input).front();
  const auto count = static_cast<std::size_t>(features);
  const bool of_mini_batch = call.boolean("training") || !call.has("running_mean");
  std::vector<NodeTensor> tensors;
  tensors.push_back(call.has("weight") ? call.weight("weight", "weight")
                                       : ScriptCall::constant("weight", count, 1));
  tensors.push_back(call.has("bias") ? call.weight("bias", "bias") : ScriptCall::constant("bias", count, 0));
  if (!of_mini_batch) {
    tensors.push_back(call.weight("running_mean", "running_mean"));
    tensors.push_back(call.weight("running_var", "running_var"));
  }
  const BatchNorm norm{
      .features = features,
      .epsilon = call.number("eps"),
      .statistics = of_mini_batch ? BatchStatistics::of_mini_batch : BatchStatistics::running};
  return {NodeValue{call.append(norm, {input}, std::move(tensors))}};
}

std::vector<ScriptValue> import_dropout(ScriptCall& call) {
  if (call.boolean("train") && call.number("p") != 0) {
    ScriptCall::refuse("it draws random numbers, which the reference cannot draw again: call model.eval()");
  }
  return {NodeValue{call.node("input")}};
}

}  // namespace

std::span<const ImportedOperator> layer_operators() {
  static constexpr std::array<ImportedOperator, 11> operators{{{"aten::linear", import_linear},
                                                               {"aten::addmm", import_addmm},
                                                               {"aten::mm", import_mm},
                                                               {"aten::matmul", import_mm},
                                                               {"aten::conv2d", import_convolution},
                                                               {"aten::convolution", import_convolution},
                                                               {"aten::_convolution", import_convolution},
                                                               {"aten::batch_norm", import_batch_norm},
                                                               {"aten::dropout", import_dropout},
                                                               {"aten::feature_dropout", import_dropout},
                                                               {"aten::alpha_dropout", import_dropout}}};
  return operators;
}

}  // namespace relu0::script_import
