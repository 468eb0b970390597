#include "suites/tests/reference/networks.hpp"

#include "fixtures/network/operation.hpp"
#include "fixtures/random/split_mix64.hpp"

#include <cmath>
#include <string>
#include <utility>

namespace relu0::reference {

namespace {

/// Uniform in (−1, 1).
double draw(SplitMix64& random, int significant_bits) {
  return std::ldexp(static_cast<double>(random.next() >> (64 - significant_bits)), 1 - significant_bits) - 1;
}

}  // namespace

Network small_mlp() {
  return {"small MLP",
          {{.name = "input", .operation = Input{{1, 3, 4}}, .inputs = {}},
           {.name = "linear1", .operation = Linear{.in_features = 12, .out_features = 9}, .inputs = {0}},
           {.name = "relu1", .operation = Relu{}, .inputs = {1}},
           {.name = "linear2", .operation = Linear{.in_features = 9, .out_features = 8}, .inputs = {2}},
           {.name = "relu2", .operation = Relu{}, .inputs = {3}},
           {.name = "linear3", .operation = Linear{.in_features = 8, .out_features = 5}, .inputs = {4}},
           {.name = "loss", .operation = SoftmaxCrossEntropy{}, .inputs = {5}}}};
}

Network small_convolutional(BatchStatistics statistics) {
  return {"small convolutional",
          {{.name = "input", .operation = Input{{2, 8, 7}}, .inputs = {}},
           {.name = "conv1",
            .operation = Convolution{.in_channels = 2, .out_channels = 3, .window = square_window(3, 1, 1)},
            .inputs = {0}},
           {.name = "bn1", .operation = BatchNorm{.features = 3, .statistics = statistics}, .inputs = {1}},
           {.name = "relu1", .operation = Relu{}, .inputs = {2}},
           {.name = "max_pool", .operation = MaxPool{square_window(3, 2, 1)}, .inputs = {3}},
           {.name = "conv2",
            .operation =
                Convolution{.in_channels = 3, .out_channels = 4, .window = square_window(2), .bias = false},
            .inputs = {4}},
           {.name = "bn2", .operation = BatchNorm{.features = 4, .statistics = statistics}, .inputs = {5}},
           {.name = "relu2", .operation = Relu{}, .inputs = {6}},
           {.name = "average_pool", .operation = AveragePool{square_window(2, 1)}, .inputs = {7}},
           {.name = "flatten", .operation = Flatten{}, .inputs = {8}},
           {.name = "linear", .operation = Linear{.in_features = 16, .out_features = 3}, .inputs = {9}},
           {.name = "loss", .operation = SoftmaxCrossEntropy{}, .inputs = {10}}}};
}

Network small_residual() {
  const auto convolution = [](std::int64_t in, std::int64_t out, Window window) {
    return Convolution{.in_channels = in, .out_channels = out, .window = window, .bias = false};
  };
  return {"small residual",
          {{.name = "input", .operation = Input{{2, 6, 6}}, .inputs = {}},
           {.name = "conv1", .operation = convolution(2, 4, square_window(3, 2, 1)), .inputs = {0}},
           {.name = "relu1", .operation = Relu{}, .inputs = {1}},
           {.name = "conv2", .operation = convolution(4, 4, square_window(3, 1, 1)), .inputs = {2}},
           {.name = "shortcut", .operation = convolution(2, 4, square_window(1, 2)), .inputs = {0}},
           {.name = "add1", .operation = Add{}, .inputs = {3, 4}},
           {.name = "relu2", .operation = Relu{}, .inputs = {5}},
           {.name = "add2", .operation = Add{}, .inputs = {6, 2}},
           {.name = "pool", .operation = AdaptiveAveragePool{.height = 2, .width = 1}, .inputs = {7}},
           {.name = "linear", .operation = Linear{.in_features = 8, .out_features = 4}, .inputs = {8}},
           {.name = "loss", .operation = SoftmaxCrossEntropy{}, .inputs = {9}}}};
}

std::vector<Network> small_networks() {
  return {small_mlp(), small_convolutional(), small_convolutional(BatchStatistics::running),
          small_residual()};
}

Weights draw_weights(const Network& network, std::uint64_t seed, int significant_bits) {
  SplitMix64 random(seed);
  Weights weights;
  const auto draw_all = [&](const std::vector<TensorSpec>& specs) {
    std::vector<TensorValues> result;
    for (const TensorSpec& spec : specs) {
      std::vector<double> values;
      const bool of_norm = std::holds_alternative<BatchNorm>(network.nodes()[spec.node].operation);
      const bool positive = of_norm && (spec.name.ends_with("weight") || spec.name.ends_with("running_var"));
      for (std::int64_t i = 0; i < element_count(spec.shape); ++i) {
        const double value = draw(random, significant_bits) / 2;
        values.push_back(positive ? std::fabs(value) + 0.5 : value);
      }
      result.push_back({.name = spec.name, .shape = spec.shape, .values = std::move(values)});
    }
    return result;
  };
  weights.parameters = draw_all(network.parameters());
  weights.buffers = draw_all(network.buffers());
  return weights;
}

Batch draw_batch(const Network& network, std::int64_t size, std::uint64_t seed) {
  SplitMix64 random(seed);
  Batch batch{.image_shape = network.output_shapes().front(), .inputs = {}, .labels = {}};
  const std::int64_t classes = network.output_shapes()[network.nodes().back().inputs[0]].front();
  for (std::int64_t i = 0; i < size; ++i) {
    batch.labels.push_back(i % classes);
  }
  for (std::int64_t i = 0; i < size * element_count(batch.image_shape); ++i) {
    batch.inputs.push_back(static_cast<float>(draw(random, 20)));
  }
  return batch;
}

Example chain(Shape input, std::vector<Operation> operations, std::vector<float> inputs,
              std::vector<std::vector<double>> parameters, std::vector<std::vector<double>> buffers) {
  std::vector<Node> nodes{{.name = "input", .operation = Input{input}, .inputs = {}}};
  const auto append = [&](const std::string& name, Operation operation) {
    nodes.push_back({.name = name, .operation = std::move(operation), .inputs = {nodes.size() - 1}});
  };
  for (Operation& operation : operations) {
    append("layer" + std::to_string(nodes.size()), std::move(operation));
  }
  // The description's own shapes say how wide the last layer is.
  std::vector<Shape> shapes{input};
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    shapes.push_back(check_operation(nodes[i].operation, nodes[i].name, i, {shapes.back()}).output);
  }
  const std::int64_t features = element_count(shapes.back());
  append("logits", Linear{.in_features = features, .out_features = 2, .bias = false});
  append("loss", SoftmaxCrossEntropy{});
  parameters.emplace_back(static_cast<std::size_t>(2 * features), 1.0);

  Network network("chain", std::move(nodes));
  const auto named = [](const std::vector<TensorSpec>& specs,
                        const std::vector<std::vector<double>>& values) {
    std::vector<TensorValues> result;
    for (std::size_t i = 0; i < specs.size(); ++i) {
      result.push_back({.name = specs[i].name, .shape = specs[i].shape, .values = values.at(i)});
    }
    return result;
  };
  Weights weights{.parameters = named(network.parameters(), parameters),
                  .buffers = named(network.buffers(), buffers)};
  const std::size_t samples = inputs.size() / static_cast<std::size_t>(element_count(input));
  return {.network = std::move(network),
          .weights = std::move(weights),
          .batch = {.image_shape = input,
                    .inputs = std::move(inputs),
                    .labels = std::vector<std::int64_t>(samples, 0)}};
}

}  // namespace relu0::reference
