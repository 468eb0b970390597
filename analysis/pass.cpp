#include "analysis/pass.hpp"

#include <type_traits>

namespace relu0 {

LoadedWeights load_weights(const Network& network, const Weights& weights, const Arithmetic& arithmetic) {
  check_fits(weights, network);
  LoadedWeights loaded;
  for (const TensorValues& parameter : weights.parameters) {
    // from_blob takes a mutable pointer but the copy that follows only reads.
    at::Tensor value =
        at::from_blob(const_cast<double*>(parameter.values.data()), parameter.shape, at::kDouble)
            .to(arithmetic.options(), /*non_blocking=*/false, /*copy=*/true);
    arithmetic.round_result(value);
    loaded.operands.push_back(arithmetic.operand(value));
    loaded.values.push_back(std::move(value));
  }
  return loaded;
}

std::vector<double> to_doubles(const at::Tensor& tensor) {
  const at::Tensor values = tensor.to(at::kCPU, at::kDouble).contiguous();
  const auto* first = values.data_ptr<double>();
  return {first, first + values.numel()};
}

ForwardPass::ForwardPass(const Network& network, Arithmetic arithmetic)
    : network_(&network),
      arithmetic_(arithmetic),
      first_parameter_(network.nodes().size()),
      relu_number_(network.nodes().size()),
      census_end_(network.relus().empty() ? 1 : network.relus().back() + 1),
      buffers_(network.nodes().size()),
      outputs_(network.nodes().size()),
      normalised_(network.nodes().size()) {
  const auto& parameters = network.parameters();
  for (std::size_t i = parameters.size(); i-- > 0;) {
    first_parameter_[parameters[i].node] = i;
  }
  for (const std::size_t node : network.relus()) {
    relu_number_[node] = zeros_.layers.size();
    zeros_.layers.push_back({.layer = network.nodes()[node].name, .per_sample = {}});
  }
}

const ZeroCensus& ForwardPass::run(const at::Tensor& inputs) {
  arithmetic_.activate();
  batch_ = inputs.size(0);
  outputs_[0] = inputs;
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

at::Tensor& ForwardPass::buffer(std::size_t index) {
  const std::int64_t elements = element_count(network_->output_shapes()[index]);
  if (!buffers_[index].defined() || buffers_[index].size(0) < batch_) {
    buffers_[index] = at::empty({batch_, elements}, arithmetic_.options());
  }
  outputs_[index] = buffers_[index].narrow(0, 0, batch_);
  return outputs_[index];
}

void ForwardPass::run_node(std::size_t index) {
  const Node& node = network_->nodes()[index];
  const at::Tensor& x = outputs_[node.inputs.front()];
  const std::size_t parameter = first_parameter_[index];
  std::visit(
      [&](const auto& operation) {
        using Kind = std::decay_t<decltype(operation)>;
        if constexpr (std::is_same_v<Kind, Linear>) {
          operations::linear(arithmetic_, buffer(index), x, weights_.operands[parameter],
                             weights_.values[parameter + 1]);
        } else if constexpr (std::is_same_v<Kind, BatchNorm>) {
          normalised_[index] = operations::batch_norm(arithmetic_, x, weights_.values[parameter],
                                                      weights_.values[parameter + 1], operation.epsilon);
          outputs_[index] = normalised_[index].output;
        } else if constexpr (std::is_same_v<Kind, Relu>) {
          run_relu(index);
        } else if constexpr (std::is_same_v<Kind, SoftmaxCrossEntropy>) {
          loss_ = operations::cross_entropy(arithmetic_, x, labels_);
        }
      },
      node.operation);
}

namespace {

template <typename Real>
void relu_on_cpu(const at::Tensor& x, at::Tensor& out, LayerZeros& zeros) {
  const std::int64_t row = x.size(1);
  const auto* in = x.data_ptr<Real>();
  auto* result = out.data_ptr<Real>();
  for (std::int64_t i = 0; i < x.size(0); ++i) {
    const std::int64_t count = relu_counting_zeros(in + i * row, result + i * row, row);
    zeros.per_sample[static_cast<std::size_t>(i)] = static_cast<std::uint32_t>(count);
    zeros.total += count;
  }
}

void relu_by_operators(const at::Tensor& x, at::Tensor& out, LayerZeros& zeros) {
  at::clamp_min_out(out, x, 0);
  const at::Tensor counts = x.eq(0).sum(1).cpu();
  const auto* count = counts.data_ptr<std::int64_t>();
  for (std::size_t i = 0; i < zeros.per_sample.size(); ++i) {
    zeros.per_sample[i] = static_cast<std::uint32_t>(count[i]);
    zeros.total += count[i];
  }
}

}  // namespace

void ForwardPass::run_relu(std::size_t index) {
  const at::Tensor& x = outputs_[network_->nodes()[index].inputs.front()];
  at::Tensor& out = buffer(index);
  LayerZeros& zeros = zeros_.layers[relu_number_[index]];
  zeros.per_sample.assign(static_cast<std::size_t>(batch_), 0);
  zeros.total = 0;
  if (!x.is_cpu()) {
    relu_by_operators(x, out, zeros);
  } else if (x.scalar_type() == at::kDouble) {
    relu_on_cpu<double>(x, out, zeros);
  } else {
    relu_on_cpu<float>(x, out, zeros);
  }
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
      at_input_(forward.network().nodes().size()),
      norms_(forward.network().nodes().size()) {
  const auto& nodes = forward.network().nodes();
  for (std::size_t i = nodes.size() - 1; i > 0; --i) {
    const bool is_loss = i + 1 == nodes.size();
    if (!is_loss && !at_output_[i].defined()) {
      continue;
    }
    run_node(i, similar);
    const std::size_t source = nodes[i].inputs.front();
    if (!at_output_[source].defined()) {
      at_output_[source] = at_input_[i];
    } else {
      at_output_[source] = at_output_[source] + at_input_[i];
      forward.arithmetic().round_result(at_output_[source]);
    }
  }
}

void BackwardPass::run_node(std::size_t index, const BackwardPass* similar) {
  const Node& node = forward_->network().nodes()[index];
  const Arithmetic& arithmetic = forward_->arithmetic();
  const at::Tensor& gradient = at_output_[index];
  const bool is_relu = std::holds_alternative<Relu>(node.operation);
  if (similar != nullptr && gradient.is_same(similar->at_output_[index]) &&
      (!is_relu || forward_->zeros_at(index) == 0 || same_effect(relu_at_zero_, similar->relu_at_zero_))) {
    at_input_[index] = similar->at_input_[index];
    norms_[index] = similar->norms_[index];
    return;
  }
  const at::Tensor& x = forward_->outputs()[node.inputs.front()];
  const std::size_t parameter = forward_->first_parameter(index);
  const LoadedWeights& weights = forward_->weights();
  std::visit(
      [&](const auto& operation) {
        using Kind = std::decay_t<decltype(operation)>;
        if constexpr (std::is_same_v<Kind, Linear>) {
          // Nothing asks for the gradient of the images themselves.
          if (node.inputs.front() != 0) {
            at_input_[index] =
                operations::linear_input_gradient(arithmetic, gradient, weights.operands[parameter]);
          }
        } else if constexpr (std::is_same_v<Kind, BatchNorm>) {
          norms_[index] = operations::batch_norm_gradient(arithmetic, gradient, x, weights.values[parameter],
                                                          forward_->normalised(index), operation.epsilon);
          at_input_[index] = norms_[index].input;
        } else if constexpr (std::is_same_v<Kind, Relu>) {
          at_input_[index] = operations::relu_gradient(arithmetic, gradient, x, relu_at_zero_);
        } else if constexpr (std::is_same_v<Kind, SoftmaxCrossEntropy>) {
          at_input_[index] =
              operations::cross_entropy_gradient(arithmetic, forward_->loss(), forward_->labels());
        }
      },
      node.operation);
}

at::Tensor BackwardPass::parameter_gradient(std::size_t parameter) const {
  const std::size_t index = forward_->network().parameters()[parameter].node;
  const Node& node = forward_->network().nodes()[index];
  const bool is_weight = parameter == forward_->first_parameter(index);
  if (std::holds_alternative<BatchNorm>(node.operation)) {
    return is_weight ? norms_[index].weight : norms_[index].bias;
  }
  const Arithmetic& arithmetic = forward_->arithmetic();
  if (is_weight) {
    return operations::linear_weight_gradient(arithmetic, at_output_[index],
                                              forward_->outputs()[node.inputs.front()]);
  }
  return operations::linear_bias_gradient(arithmetic, at_output_[index]);
}

}  // namespace relu0
