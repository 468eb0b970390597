#include "suites/tests/reference/layer_run.hpp"

#include "fixtures/network/operation.hpp"
#include "fixtures/random/split_mix64.hpp"
#include "suites/tests/operations/operation_cases.hpp"

#include <cmath>
#include <span>

namespace relu0::reference {

namespace {

struct Described {
  Node node;
  CheckedOperation checked;
};

Described describe(const LayerCase& layer_case) {
  Node node{.name = "layer", .operation = layer_case.operation, .inputs = {}};
  for (std::size_t i = 0; i < layer_case.input_shapes.size(); ++i) {
    node.inputs.push_back(i);
  }
  return {node, check_operation(node.operation, node.name, layer_case.input_shapes.size(),
                                layer_case.input_shapes)};
}

std::vector<Tensor> tensors(int bits, const std::vector<TensorSpec>& specs,
                            const std::vector<std::vector<double>>& values) {
  std::vector<Tensor> result;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    result.emplace_back(bits, specs[i].shape, std::span<const double>(values[i]));
  }
  return result;
}

void give_distance(Tensor& tensor, Radius distance) {
  if (distance.is_zero()) {
    return;
  }
  tensor.make_room_for_radii();
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    tensor.set_radius(i, distance);
  }
  tensor.set_joint_radius(joint_of_each(tensor.size(), distance));
}

Shape batched(std::int64_t batch, const Shape& shape) {
  Shape result{batch};
  result.insert(result.end(), shape.begin(), shape.end());
  return result;
}

}  // namespace

LayerCase drawn(LayerCase layer_case, std::uint64_t seed, bool integers) {
  SplitMix64 random(seed);
  const auto draw = [&](std::int64_t count) {
    std::vector<double> result(static_cast<std::size_t>(count));
    for (double& value : result) {
      value = integers ? random.below(19) - 9 : std::ldexp(static_cast<double>(random.next() >> 11), -52) - 1;
    }
    return result;
  };
  const CheckedOperation checked = describe(layer_case).checked;
  for (const Shape& shape : layer_case.input_shapes) {
    layer_case.inputs.push_back(draw(layer_case.batch * element_count(shape)));
  }
  for (const TensorSpec& spec : checked.parameters) {
    layer_case.parameters.push_back(draw(element_count(spec.shape)));
  }
  for (const TensorSpec& spec : checked.buffers) {
    layer_case.buffers.push_back(draw(element_count(spec.shape)));
  }
  if (!layer_case.buffers.empty()) {
    for (double& variance : layer_case.buffers[1]) {
      variance = std::fabs(variance) + 0.25;
    }
  }
  const bool loss = traits(layer_case.operation).is_loss;
  layer_case.output_gradient = draw(loss ? 1 : layer_case.batch * element_count(checked.output));
  for (std::int64_t sample = 0; loss && sample < layer_case.batch; ++sample) {
    layer_case.labels.push_back(random.below(static_cast<std::int32_t>(layer_case.input_shapes[0][0])));
  }
  return layer_case;
}

LayerRun run(const LayerCase& layer_case, int bits, ProductKind kind, const MakeLayer& make) {
  const Described described = describe(layer_case);
  const std::vector<Tensor> parameters = tensors(bits, described.checked.parameters, layer_case.parameters);
  const std::vector<Tensor> buffers = tensors(bits, described.checked.buffers, layer_case.buffers);
  std::vector<Tensor> inputs;
  LayerInputs input_pointers;
  inputs.reserve(layer_case.inputs.size());
  for (std::size_t i = 0; i < layer_case.inputs.size(); ++i) {
    inputs.emplace_back(bits, batched(layer_case.batch, layer_case.input_shapes[i]),
                        std::span<const double>(layer_case.inputs[i]));
    give_distance(inputs.back(), layer_case.input_distance);
    input_pointers.push_back(&inputs.back());
  }
  const LayerContext context{.bits = bits,
                             .batch = layer_case.batch,
                             .product = {.kind = kind, .threads = 2},
                             .kinks = layer_case.kinks,
                             .input_shapes = layer_case.input_shapes,
                             .output_shape = described.checked.output,
                             .parameters = parameters,
                             .buffers = buffers,
                             .labels = layer_case.labels};
  const auto layer = make(described.node, context);
  LayerRun result{.output = layer->forward(input_pointers).values, .gradients = {}};
  Tensor gradient(bits, result.output.shape(), std::span<const double>(layer_case.output_gradient));
  give_distance(gradient, layer_case.gradient_distance);
  result.gradients = layer->backward(input_pointers, gradient);
  return result;
}

std::vector<std::pair<std::string, const Tensor*>> parts(const LayerRun& run) {
  std::vector<std::pair<std::string, const Tensor*>> result{{"output", &run.output}};
  for (std::size_t i = 0; i < run.gradients.inputs.size(); ++i) {
    result.emplace_back("gradient of input " + std::to_string(i), &run.gradients.inputs[i]);
  }
  for (std::size_t i = 0; i < run.gradients.parameters.size(); ++i) {
    result.emplace_back("gradient of parameter " + std::to_string(i), &run.gradients.parameters[i]);
  }
  return result;
}

std::vector<LayerCase> layer_cases() {
  std::vector<LayerCase> result;
  for (const cases::OperationSample& sample : cases::operation_samples()) {
    result.push_back({.name = sample.name,
                      .operation = sample.operation,
                      .input_shapes = sample.inputs,
                      .batch = sample.batch});
  }
  return result;
}

}  // namespace relu0::reference
