#include "suites/tests/models/running_error.hpp"

#include "analysis/torch/batch_tensors.hpp"
#include "analysis/torch/loaded_weights.hpp"
#include "analysis/torch/operations/node.hpp"
#include "suites/tests/models/roundings.hpp"

#include <algorithm>
#include <stdexcept>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros_like.h>

namespace relu0::testing {

namespace {

/// The weights' magnitudes without what a node adds.
Weights without_shifts(const Network& network, Weights weights) {
  for (std::vector<TensorValues>* tensors : {&weights.parameters, &weights.buffers}) {
    for (TensorValues& tensor : *tensors) {
      if (tensor.name.ends_with(".bias") || tensor.name.ends_with(".running_mean")) {
        auto& values = tensor.values.widen();
        std::fill(values.begin(), values.end(), 0);
      }
    }
  }
  return magnitudes(network, std::move(weights));
}

void require_linear(const Node& node) {
  const auto* norm = std::get_if<BatchNorm>(&node.operation);
  if (std::holds_alternative<Multiply>(node.operation) ||
      (norm != nullptr && norm->statistics != BatchStatistics::running)) {
    throw std::invalid_argument(node.name + " does more to an error than scale it");
  }
}

}  // namespace

BoundedOutputs bounded_outputs(const ImportedModel& model, const std::vector<float>& inputs) {
  const at::NoGradGuard no_autograd;
  const Network& network = model.network;
  const Arithmetic arithmetic(Precision::fp64, Device::cpu);
  const LoadedWeights weights(network, model.weights, arithmetic);
  const LoadedWeights all_magnitudes(network, magnitudes(network, model.weights), arithmetic);
  const LoadedWeights factors(network, without_shifts(network, model.weights), arithmetic);
  const operations::PassCall pass{.arithmetic = arithmetic};

  Shape shape = network.output_shapes().front();
  const auto samples = std::ssize(inputs) / element_count(shape);
  const Batch batch{.image_shape = shape,
                    .inputs = inputs,
                    .labels = std::vector<std::int64_t>(static_cast<std::size_t>(samples))};
  shape.insert(shape.begin(), samples);
  std::vector<at::Tensor> values{to_tensors(batch, network, arithmetic).inputs.view(shape)};
  std::vector<at::Tensor> errors{at::zeros_like(values.front())};
  for (std::size_t i = 1; i + 1 < network.nodes().size(); ++i) {
    Node node = network.nodes()[i];
    require_linear(node);
    const auto run = [&](const LoadedWeights& of, const auto& input) {
      std::vector<at::Tensor> read;
      std::transform(node.inputs.begin(), node.inputs.end(), std::back_inserter(read), input);
      operations::OutputBuffer buffer;
      operations::NodeMemory memory{buffer};
      return operations::forward(node, {pass, i, read, of.of_node(i)}, memory).output;
    };
    values.push_back(run(weights, [&](std::size_t from) { return values[from]; }));
    const double n = roundings(node.operation, network.output_shapes()[node.inputs.front()]);
    node.operation = unbounded(node.operation);
    const at::Tensor passed_on = run(factors, [&](std::size_t from) { return errors[from]; });
    const at::Tensor met =
        run(all_magnitudes, [&](std::size_t from) { return values[from].abs() + errors[from]; });
    errors.push_back(passed_on + gamma(n + 1) * met);
  }
  const std::size_t output = network.nodes().back().inputs.front();
  return {.values = to_doubles(values[output]), .bounds = to_doubles(errors[output])};
}

}  // namespace relu0::testing
