#include "analysis/torch/pass.hpp"

#include "analysis/torch/loaded_weights.hpp"
#include "analysis/torch/operations/node.hpp"
#include "analysis/torch/operations/structure/add.hpp"
#include "analysis/torch/same_bits.hpp"
#include "analysis/zeros/observed_zeros.hpp"

#include <algorithm>
#include <variant>

#include <ATen/ops/ones_like.h>
#include <ATen/ops/zeros_like.h>

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

ForwardPass::ForwardPass(const Network& network, Arithmetic arithmetic, OfInput of_input,
                         const KinkSet& counted)
    : network_(&network),
      arithmetic_(arithmetic),
      flow_(network, of_input),
      counted_(counted),
      hits_(network.nodes().size()),
      buffers_(network.nodes().size()),
      outputs_(network.nodes().size()),
      kept_(network.nodes().size()) {
  for (const NodeKink& kink : network.kinks()) {
    if (counted.contains(kink.place.kink)) {
      Range& of_node = hits_[kink.node];
      of_node.first = of_node.count == 0 ? census_.kinks.size() : of_node.first;
      ++of_node.count;
      census_.kinks.push_back(
          {.node = kink.node, .place = kink.place, .layer = network.nodes()[kink.node].name});
      census_end_ = kink.node + 1;
    }
  }
}

const KinkCensus& ForwardPass::run(const at::Tensor& inputs) {
  arithmetic_.activate();
  Shape shape = network_->output_shapes().front();
  shape.insert(shape.begin(), inputs.size(0));
  outputs_[0] = inputs.view(shape);
  for (std::size_t i = 1; i < census_end_; ++i) {
    run_node(i);
  }
  return census_;
}

void ForwardPass::complete(const at::Tensor& labels) {
  call_.labels = labels;
  for (std::size_t i = census_end_; i < network_->nodes().size(); ++i) {
    run_node(i);
  }
}

KinkCensus ForwardPass::detailed_census() const {
  KinkCensus result = census_;
  for (KinkHits& hits : result.kinks) {
    if (hits.place.point == 0.0) {
      hits.zero_kinds = zero_kinds(input_of(hits.node), arithmetic_.precision());
    }
  }
  return result;
}

at::Tensor ForwardPass::hits_of(const KinkHits& hits) const {
  const Node& node = network_->nodes()[hits.node];
  const std::vector<at::Tensor> inputs = inputs_at_kinks(hits.node);
  const operations::PassCall pass = call({});
  return operations::kink_hits(node, hits.place, {pass, hits.node, inputs, weights_.of_node(hits.node)});
}

bool ForwardPass::may_differ(std::size_t node, const KinkSet& differing) const {
  if (differing.empty() || !traits(network_->nodes()[node].operation).has_kinks) {
    return false;
  }
  const auto counted = std::span(census_.kinks).subspan(hits_[node].first, hits_[node].count);
  const std::vector<KinkPlace> places = kinks(network_->nodes()[node].operation);
  return std::any_of(places.begin(), places.end(), [&](const KinkPlace& place) {
    const auto hits = std::find_if(counted.begin(), counted.end(),
                                   [&place](const KinkHits& known) { return known.place == place; });
    return differing.contains(place.kink) && (hits == counted.end() || hits->total > 0);
  });
}

const at::Tensor& ForwardPass::input_of(std::size_t node) const {
  return outputs_[network_->nodes()[node].inputs.front()];
}

std::vector<at::Tensor> ForwardPass::inputs_at_kinks(std::size_t node) const {
  const Node& described = network_->nodes()[node];
  std::vector<at::Tensor> inputs = inputs_of(described, outputs_);
  if (arithmetic_.fault() == EngineFault::zeros_at_every_relu &&
      std::holds_alternative<Relu>(described.operation)) {
    inputs.front() = at::zeros_like(inputs.front());
  }
  return inputs;
}

operations::PassCall ForwardPass::call(const KinkChoices& kinks) const {
  operations::PassCall call{.arithmetic = arithmetic_,
                            .kinks = kinks,
                            .labels = call_.labels,
                            .dropout = call_.dropout,
                            .running = call_.running.get(),
                            .loss_gradient = call_.loss_gradient};
  if (arithmetic_.fault() == EngineFault::choice_ignored) {
    call.kinks.relu.value = 0;
  }
  return call;
}

/// What a faulty engine makes of a node's hits.
void ForwardPass::miscount(const std::vector<at::Tensor>& inputs, std::span<KinkHits> hits) const {
  for (KinkHits& of_kink : hits) {
    if (arithmetic_.fault() == EngineFault::zeros_never_found) {
      of_kink.per_sample.assign(of_kink.per_sample.size(), 0);
      of_kink.total = 0;
    } else if (arithmetic_.fault() == EngineFault::zeros_at_every_relu && of_kink.place.kink == Kink::relu) {
      operations::count_hits(at::ones_like(inputs.front(), at::kBool), of_kink);
    }
  }
}

void ForwardPass::run_node(std::size_t index) {
  const Node& node = network_->nodes()[index];
  const std::vector<at::Tensor> inputs = inputs_of(node, outputs_);
  const operations::PassCall pass = call({});
  operations::NodeMemory memory{buffers_[index],
                                std::span(census_.kinks).subspan(hits_[index].first, hits_[index].count)};
  operations::NodeResult result =
      operations::forward(node, {pass, index, inputs, weights_.of_node(index)}, memory);
  outputs_[index] = std::move(result.output);
  kept_[index] = std::move(result.kept);
  if (arithmetic_.fault() != EngineFault::none) {
    miscount(inputs, memory.hits);
  }
}

BackwardPass::BackwardPass(const ForwardPass& forward, const KinkChoices& kinks, const BackwardPass* similar)
    : forward_(&forward),
      call_(forward.call(kinks)),
      at_output_(forward.network().nodes().size()),
      at_inputs_(forward.network().nodes().size()) {
  for (std::size_t node = 0; node < at_output_.size(); ++node) {
    parameter_gradients_.emplace_back(forward.weights().of_node(node).parameters.size());
  }
  const KinkSet differing = similar == nullptr ? KinkSet() : differing_kinks(kinks, similar->call_.kinks);
  for (std::size_t i = at_output_.size(); i-- > 0;) {
    if (forward.flow().needed[i]) {
      at_output_[i] = arriving(i, similar);
      run_node(i, similar, differing);
    }
  }
}

at::Tensor BackwardPass::arriving(std::size_t node, const BackwardPass* similar) const {
  using Consumer = GradientFlow::Consumer;
  const std::vector<Consumer>& consumers = forward_->flow().consumers[node];
  if (consumers.empty()) {
    return {};  // the loss
  }
  const auto handed_on = [](const BackwardPass& pass, const Consumer& consumer) -> const at::Tensor& {
    return pass.at_inputs_[consumer.node][consumer.input];
  };
  if (similar != nullptr && std::all_of(consumers.begin(), consumers.end(), [&](const Consumer& consumer) {
        return handed_on(*this, consumer).is_same(handed_on(*similar, consumer));
      })) {
    return similar->at_output_[node];
  }
  at::Tensor sum = handed_on(*this, consumers.front());
  for (std::size_t i = 1; i < consumers.size(); ++i) {
    sum = operations::sum_of(forward_->arithmetic(), sum, handed_on(*this, consumers[i]));
  }
  return sum;
}

void BackwardPass::run_node(std::size_t index, const BackwardPass* similar, const KinkSet& differing) {
  const Node& node = forward_->network().nodes()[index];
  if (!forward_->flow().input_needed(node)) {
    return;
  }
  const at::Tensor& gradient = at_output_[index];
  if (similar != nullptr && gradient.is_same(similar->at_output_[index]) &&
      !forward_->may_differ(index, differing)) {
    at_inputs_[index] = similar->at_inputs_[index];
    parameter_gradients_[index] = similar->parameter_gradients_[index];
    return;
  }
  const std::vector<at::Tensor> inputs = forward_->inputs_at_kinks(index);
  at_inputs_[index] =
      operations::input_gradients(node, {call_, index, inputs, forward_->weights().of_node(index)},
                                  {forward_->kept(index), gradient, parameter_gradients_[index]});
  // Where no gradient reaches a kink, the choice there changes nothing here, and nothing below.
  if (similar != nullptr && traits(node.operation).has_kinks &&
      same_bits(at_inputs_[index].front(), similar->at_inputs_[index].front())) {
    at_inputs_[index] = similar->at_inputs_[index];
  }
}

const at::Tensor& BackwardPass::parameter_gradient(std::size_t parameter) const {
  const std::size_t index = forward_->network().parameters()[parameter].node;
  const std::size_t which = parameter - forward_->weights().first_parameter(index);
  std::vector<at::Tensor>& computed = parameter_gradients_[index];
  if (!computed[which].defined()) {
    const Node& node = forward_->network().nodes()[index];
    const std::vector<at::Tensor> inputs = inputs_of(node, forward_->outputs());
    operations::parameter_gradient(node, {call_, index, inputs, forward_->weights().of_node(index)},
                                   {forward_->kept(index), at_output_[index], computed}, which);
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
