#include "analysis/torch/loaded_weights.hpp"
#include "analysis/torchscript/import/operators/operators.hpp"

#include <algorithm>
#include <array>

namespace relu0::script_import {

namespace {

constexpr std::int64_t mean = 1;  // at::Reduction::Mean

/// The labels of a loss that is the mean over the rows of a matrix, none of them left out or weighted.
std::vector<std::int64_t> labels_of(const ScriptCall& call) {
  const at::Tensor target = call.tensor("target");
  if (call.integer("reduction") != mean || call.has("weight")) {
    ScriptCall::refuse("only the mean over all samples, each with the same weight, is imported");
  }
  if (call.tensor("self").dim() != 2 || target.dim() != 1 || target.is_floating_point()) {
    ScriptCall::refuse("the loss is imported for mini-batch × classes with a label for each sample only");
  }
  const at::Tensor labels = target.to(at::kLong).contiguous();
  std::vector<std::int64_t> result(labels.data_ptr<std::int64_t>(),
                                   labels.data_ptr<std::int64_t>() + labels.numel());
  if (std::find(result.begin(), result.end(), call.integer("ignore_index")) != result.end()) {
    ScriptCall::refuse("it leaves out samples (ignore_index)");
  }
  return result;
}

std::vector<ScriptValue> import_cross_entropy(ScriptCall& call) {
  if (call.number("label_smoothing") != 0) {
    ScriptCall::refuse("smoothed labels are not imported");
  }
  std::vector<std::int64_t> labels = labels_of(call);
  return {LossValue{call.append(SoftmaxCrossEntropy{}, {call.node("self")}), std::move(labels)}};
}

std::vector<ScriptValue> import_likelihood(ScriptCall& call) {
  std::vector<std::int64_t> labels = labels_of(call);
  return {LossValue{call.append(NegativeLogLikelihood{}, {call.node("self")}), std::move(labels)}};
}

std::vector<ScriptValue> import_squares(ScriptCall& call) {
  const at::Tensor target = call.tensor("target");
  if (call.integer("reduction") != mean) {
    ScriptCall::refuse("only the mean over all numbers is imported");
  }
  if (call.is_node("target") || target.sizes() != call.tensor("self").sizes() ||
      !target.is_floating_point()) {
    ScriptCall::refuse("it is imported with targets that are given, of the output's shape");
  }
  return {LossValue{call.node("self"), {}, to_doubles(target)}};
}

}  // namespace

std::span<const ImportedOperator> loss_operators() {
  static constexpr std::array<ImportedOperator, 4> operators{
      {{"aten::cross_entropy_loss", import_cross_entropy},
       {"aten::nll_loss_nd", import_likelihood},
       {"aten::nll_loss", import_likelihood},
       {"aten::mse_loss", import_squares}}};
  return operators;
}

}  // namespace relu0::script_import
