#include "suites/tests/reference/layer_run.hpp"

#include "fixtures/network/operation_check.hpp"
#include "fixtures/random/split_mix64.hpp"

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
  return {node, check_operation(node, layer_case.input_shapes.size(), layer_case.input_shapes)};
}

std::vector<Tensor> tensors(int bits, const std::vector<TensorSpec>& specs,
                            const std::vector<std::vector<double>>& values) {
  std::vector<Tensor> result;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    result.emplace_back(bits, specs[i].shape, std::span<const double>(values[i]));
  }
  return result;
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
  const bool loss = std::holds_alternative<SoftmaxCrossEntropy>(layer_case.operation);
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
    input_pointers.push_back(&inputs.back());
  }
  const LayerContext context{.bits = bits,
                             .batch = layer_case.batch,
                             .product = {.kind = kind, .threads = 2},
                             .relu_at_zero = layer_case.relu_at_zero,
                             .input_shapes = layer_case.input_shapes,
                             .output_shape = described.checked.output,
                             .parameters = parameters,
                             .buffers = buffers,
                             .labels = layer_case.labels};
  const auto layer = make(described.node, context);
  LayerRun result{.output = layer->forward(input_pointers).values, .gradients = {}};
  const Tensor gradient(bits, result.output.shape(), std::span<const double>(layer_case.output_gradient));
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
  const Window uneven{.kernel = {3, 2}, .stride = {2, 3}, .padding = {1, 0}};
  return {
      {.name = "linear", .operation = Linear{.in_features = 7, .out_features = 5}, .input_shapes = {{7}}},
      {.name = "linear_without_bias",
       .operation = Linear{.in_features = 7, .out_features = 5, .bias = false},
       .input_shapes = {{7}}},
      {.name = "convolution_3x3_padded",
       .operation = Convolution{.in_channels = 3, .out_channels = 4, .window = square_window(3, 1, 1)},
       .input_shapes = {{3, 5, 6}}},
      {.name = "convolution_7x7_stride_2",
       .operation = Convolution{.in_channels = 2, .out_channels = 3, .window = square_window(7, 2, 3)},
       .input_shapes = {{2, 9, 8}}},
      {.name = "convolution_1x1_stride_2",
       .operation =
           Convolution{.in_channels = 3, .out_channels = 2, .window = square_window(1, 2), .bias = false},
       .input_shapes = {{3, 5, 4}}},
      {.name = "convolution_uneven",
       .operation = Convolution{.in_channels = 2, .out_channels = 2, .window = uneven},
       .input_shapes = {{2, 6, 9}}},
      {.name = "convolution_wide_padding",
       .operation = Convolution{.in_channels = 1, .out_channels = 2, .window = square_window(2, 1, 3)},
       .input_shapes = {{1, 3, 3}}},
      {.name = "batch_norm_of_mini_batch",
       .operation = BatchNorm{.features = 3},
       .input_shapes = {{3, 4, 5}},
       .batch = 3},
      {.name = "batch_norm_of_features",
       .operation = BatchNorm{.features = 4},
       .input_shapes = {{4}},
       .batch = 5},
      {.name = "batch_norm_running",
       .operation = BatchNorm{.features = 3, .statistics = BatchStatistics::running},
       .input_shapes = {{3, 2, 2}}},
      {.name = "relu", .operation = Relu{}, .input_shapes = {{40}}, .relu_at_zero = {.value = 0.5}},
      {.name = "relu_published_code",
       .operation = Relu{},
       .input_shapes = {{40}},
       .relu_at_zero = {.value = 0.5, .rule = Rule::published_code}},
      {.name = "max_pool", .operation = MaxPool{square_window(2, 2)}, .input_shapes = {{3, 5, 4}}},
      {.name = "max_pool_overlapping",
       .operation = MaxPool{square_window(3, 2, 1)},
       .input_shapes = {{2, 6, 7}}},
      {.name = "average_pool", .operation = AveragePool{square_window(2, 2)}, .input_shapes = {{3, 4, 4}}},
      {.name = "average_pool_overlapping",
       .operation = AveragePool{square_window(3, 2, 1)},
       .input_shapes = {{2, 6, 7}}},
      {.name = "adaptive_average_pool_uneven",
       .operation = AdaptiveAveragePool{.height = 3, .width = 2},
       .input_shapes = {{2, 7, 5}}},
      {.name = "add", .operation = Add{}, .input_shapes = {{3, 2}, {3, 2}}},
      {.name = "flatten", .operation = Flatten{}, .input_shapes = {{3, 2, 2}}},
      {.name = "softmax_cross_entropy",
       .operation = SoftmaxCrossEntropy{},
       .input_shapes = {{6}},
       .batch = 4},
  };
}

}  // namespace relu0::reference
