#include "analysis/torch/pass.hpp"

#include "analysis/torch/operations/add.hpp"
#include "analysis/torch/operations/node.hpp"
#include "analysis/torch/operations/relu.hpp"
#include "analysis/torch/same_bits.hpp"

#include <algorithm>

#include <ATen/ops/empty.h>

namespace relu0 {

namespace {

std::vector<at::Tensor> inputs_of(const Node& node, const std::vector<at::Tensor>& outputs) {
  std::vector<at::Tensor> inputs;
  for (const std::size_t input : node.inputs) {
    inputs.push_back(outputs[input]);
  }
  return inputs;
}

}  // namespace

ForwardPass::ForwardPass(const Network& network, Arithmetic arithmetic, OfInput of_input)
    : network_(&network),
      arithmetic_(arithmetic),
      flow_(network, of_input),
      relu_number_(network.nodes().size()),
      census_end_(network.relus().empty() ? 1 : network.relus().back() + 1),
      buffers_(network.nodes().size()),
      outputs_(network.nodes().size()),
      kept_(network.nodes().size()) {
  for (const std::size_t node : network.relus()) {
    relu_number_[node] = zeros_.layers.size();
    zeros_.layers.push_back({.layer = network.nodes()[node].name, .per_sample = {}});
  }
}

const ZeroCensus& ForwardPass::run(const at::Tensor& inputs) {
  arithmetic_.activate();
  batch_ = inputs.size(0);
  Shape shape = network_->output_shapes().front();
  shape.insert(shape.begin(), batch_);
  outputs_[0] = inputs.view(shape);
  for (std::size_t i = 1; i < census_end_; ++i) {
    run_node(i);
  }
  return zeros_;
}

void ForwardPass::complete(const at::Tensor& labels) {
  labels_ = labels;
  for (std::size_t i = census_end_; i < network_->nodes().size(); ++i) {
    run_node(i);
  }
}

const at::Tensor& ForwardPass::input_of(std::size_t node) const {
  return outputs_[network_->nodes()[node].inputs.front()];
}

at::Tensor ForwardPass::reusable(std::size_t index) {
  if (!buffers_[index].defined() || buffers_[index].size(0) < batch_) {
    Shape shape = network_->output_shapes()[index];
    shape.insert(shape.begin(), batch_);
    buffers_[index] = at::empty(shape, arithmetic_.options());
  }
  return buffers_[index].narrow(0, 0, batch_);
}

void ForwardPass::run_node(std::size_t index) {
  const Node& node = network_->nodes()[index];
  if (std::holds_alternative<Relu>(node.operation)) {
    outputs_[index] = reusable(index);
    operations::relu(input_of(index), outputs_[index], zeros_.layers[relu_number_[index]]);
    return;
  }
  const bool reuses = std::holds_alternative<Linear>(node.operation);
  const std::vector<at::Tensor> inputs = inputs_of(node, outputs_);
  operations::NodeResult result =
      operations::forward({arithmetic_, node.operation, inputs, weights_.of_node(index), labels_, {}},
                          reuses ? reusable(index) : at::Tensor());
  outputs_[index] = std::move(result.output);
  kept_[index] = std::move(result.kept);
}

std::int64_t ForwardPass::zeros_at(std::size_t node) const { return zeros_.layers[relu_number_[node]].total; }

namespace {

/// Whether two choices of ReLU'(0) pass every gradient on alike: s = 0 means the same under both rules.
bool same_effect(ReluAtZero a, ReluAtZero b) {
  return a.value == b.value && (a.rule == b.rule || a.value == 0);
}

}  // namespace

BackwardPass::BackwardPass(const ForwardPass& forward, ReluAtZero relu_at_zero, const BackwardPass* similar)
    : forward_(&forward),
      relu_at_zero_(relu_at_zero),
      at_output_(forward.network().nodes().size()),
      at_input_(forward.network().nodes().size()) {
  for (std::size_t node = 0; node < at_output_.size(); ++node) {
    parameter_gradients_.emplace_back(forward.weights().of_node(node).parameters.size());
  }
  for (std::size_t i = at_output_.size(); i-- > 0;) {
    if (forward.flow().needed[i]) {
      at_output_[i] = arriving(i, similar);
      run_node(i, similar);
    }
  }
}

at::Tensor BackwardPass::arriving(std::size_t node, const BackwardPass* similar) const {
  const std::vector<std::size_t>& consumers = forward_->flow().consumers[node];
  if (consumers.empty()) {
    return {};  // the loss
  }
  if (similar != nullptr && std::all_of(consumers.begin(), consumers.end(), [&](std::size_t consumer) {
        return at_input_[consumer].is_same(similar->at_input_[consumer]);
      })) {
    return similar->at_output_[node];
  }
  at::Tensor sum = at_input_[consumers.front()];
  for (std::size_t i = 1; i < consumers.size(); ++i) {
    sum = operations::add(forward_->arithmetic(), sum, at_input_[consumers[i]]);
  }
  return sum;
}

void BackwardPass::run_node(std::size_t index, const BackwardPass* similar) {
  const Node& node = forward_->network().nodes()[index];
  if (!forward_->flow().input_needed(node)) {
    return;
  }
  const at::Tensor& gradient = at_output_[index];
  const bool is_relu = std::holds_alternative<Relu>(node.operation);
  if (similar != nullptr && gradient.is_same(similar->at_output_[index]) &&
      (!is_relu || forward_->zeros_at(index) == 0 || same_effect(relu_at_zero_, similar->relu_at_zero_))) {
    at_input_[index] = similar->at_input_[index];
    parameter_gradients_[index] = similar->parameter_gradients_[index];
    return;
  }
  const std::vector<at::Tensor> inputs = inputs_of(node, forward_->outputs());
  at_input_[index] =
      operations::input_gradient({forward_->arithmetic(), node.operation, inputs,
                                  forward_->weights().of_node(index), forward_->labels(), relu_at_zero_},
                                 forward_->kept(index), gradient, parameter_gradients_[index]);
  // Where no gradient reaches a zero, s changes nothing here, and nothing below.
  if (is_relu && similar != nullptr && same_bits(at_input_[index], similar->at_input_[index])) {
    at_input_[index] = similar->at_input_[index];
  }
}

const at::Tensor& BackwardPass::parameter_gradient(std::size_t parameter) const {
  const std::size_t index = forward_->network().parameters()[parameter].node;
  const std::size_t which = parameter - forward_->weights().first_parameter(index);
  std::vector<at::Tensor>& computed = parameter_gradients_[index];
  if (!computed[which].defined()) {
    const Node& node = forward_->network().nodes()[index];
    const std::vector<at::Tensor> inputs = inputs_of(node, forward_->outputs());
    operations::compute_parameter_gradient(
        {forward_->arithmetic(), node.operation, inputs, forward_->weights().of_node(index),
         forward_->labels(), relu_at_zero_},
        forward_->kept(index), at_output_[index], which, computed);
  }
  return computed[which];
}

std::vector<at::Tensor> BackwardPass::parameter_gradients() const {
  std::vector<at::Tensor> gradients;
  for (std::size_t i = 0; i < forward_->network().parameters().size(); ++i) {
    gradients.push_back(parameter_gradient(i));
  }
  return gradients;
}

}  // namespace relu0
