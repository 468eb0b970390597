#include "suites/tests/models/running_error.hpp"

#include "analysis/torch/batch_tensors.hpp"
#include "analysis/torch/loaded_weights.hpp"
#include "analysis/torch/operations/node.hpp"
#include "suites/tests/models/roundings.hpp"

#include <algorithm>
#include <stdexcept>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/avg_pool3d.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/zeros_like.h>

namespace relu0::test {

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

/// The mean over the channels of a window, padded with zeros, around each element's own.
at::Tensor window_means(const LocalResponseNorm& norm, const at::Tensor& squares) {
  return at::avg_pool3d(squares.unsqueeze(1), {norm.size, 1, 1}, /*stride=*/1, {norm.size / 2, 0, 0})
      .squeeze(1);
}

/// How far x / S^β may be from the true one, for S = bias + alpha · mean(x²) and an x that is off by `error`
/// at most. The mean is off by at most D = alpha · mean(2 |x| error + error²), and the true S and the
/// computed one are at least L = bias + alpha · mean(max(|x| − error, 0)²). So S^−β is at most L^−β and, by
/// its derivative, off by at most β D L^(−β − 1). The roundings are those of output_error_bound()
/// (magnitude_network.hpp), with |ln S^β| at most that of the largest S.
at::Tensor error_of(const LocalResponseNorm& norm, const at::Tensor& x, const at::Tensor& error) {
  const at::Tensor size = x.abs();
  const at::Tensor change = norm.alpha * window_means(norm, error * (2 * size + error));
  const at::Tensor least = norm.bias + norm.alpha * window_means(norm, (size - error).clamp_min(0).square());
  const at::Tensor most = norm.bias + norm.alpha * window_means(norm, (size + error).square());
  const at::Tensor factor = least.pow(-norm.beta);
  const at::Tensor logarithm = at::maximum(least.log().abs(), most.log().abs()) * norm.beta;
  const at::Tensor roundings = norm.beta * (static_cast<double>(norm.size) + 6) + 8 + logarithm;
  return error * factor + size * norm.beta * change * factor / least +
         gamma(1) * roundings * (size + error) * factor;
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
    if (const auto* norm = std::get_if<LocalResponseNorm>(&node.operation)) {
      errors.push_back(error_of(*norm, values[node.inputs.front()], errors[node.inputs.front()]));
      continue;
    }
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

}  // namespace relu0::test
