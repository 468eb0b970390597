#include "suites/tests/analysis/small_networks.hpp"

#include "analysis/torch/draw_weights.hpp"
#include "fixtures/network/node_builder.hpp"

#include <random>

namespace relu0::test {

namespace {

constexpr std::int64_t classes = 5;

/// Two channels, an odd and an even extent.
const Shape image{2, 7, 10};

Network finish(NodeBuilder builder, std::string name) {
  builder.connect("classifier", classes);
  return std::move(builder).finish(std::move(name));
}

/// convolution → ReLU → the operation → convolution → ReLU → linear
Network between_convolutions(std::string name, const Operation& operation) {
  NodeBuilder builder(image, {});
  builder.append("conv1", Convolution{2, 4, square_window(3, 1, 1)});
  builder.append("relu1", Relu{});
  builder.append("operation", operation);
  builder.append("conv2", Convolution{builder.shape(builder.last()).front(), 3, square_window(1)});
  builder.append("relu2", Relu{});
  return finish(std::move(builder), std::move(name));
}

/// Two residual blocks: one around the identity, one around a convolution of stride 2.
Network residual(bool batch_norm) {
  NodeBuilder builder(image, batch_norm ? std::optional(BatchStatistics::of_mini_batch) : std::nullopt);
  builder.append("stem", Convolution{2, 4, square_window(3, 1, 1), false});
  builder.normalise("stem_norm");
  const std::size_t first = builder.append("stem_relu", Relu{});
  builder.append("conv1", Convolution{4, 4, square_window(3, 1, 1), false});
  builder.normalise("norm1");
  builder.append("add1", Add{}, {builder.last(), first});
  const std::size_t second = builder.append("relu1", Relu{});
  builder.append("conv2", Convolution{4, 6, square_window(3, 2, 1), false});
  builder.normalise("norm2");
  const std::size_t branch = builder.last();
  builder.append("shortcut", Convolution{4, 6, square_window(1, 2), false}, {second});
  builder.normalise("shortcut_norm");
  builder.append("add2", Add{}, {branch, builder.last()});
  builder.append("relu2", Relu{});
  builder.append("pool", AdaptiveAveragePool{1, 1});
  return finish(std::move(builder), batch_norm ? "residual_batch_norm" : "residual");
}

/// A ReLU that three nodes read, one of them twice: four gradients add up, so that their order shows.
Network four_readers() {
  NodeBuilder builder(image, {});
  builder.append("conv", Convolution{2, 3, square_window(3, 1, 1)});
  const std::size_t read = builder.append("relu1", Relu{});
  builder.append("conv1", Convolution{3, 3, square_window(3, 1, 1)}, {read});
  const std::size_t branch1 = builder.append("relu2", Relu{});
  builder.append("conv2", Convolution{3, 3, square_window(1)}, {read});
  const std::size_t branch2 = builder.append("relu3", Relu{});
  const std::size_t twice = builder.append("twice", Add{}, {read, read});
  const std::size_t sum = builder.append("sum", Add{}, {branch1, branch2});
  builder.append("all", Add{}, {sum, twice});
  return finish(std::move(builder), "four_readers");
}

/// Both the images and what is made of them are read twice, and no parameter precedes the first ReLU.
Network relu_of_the_images() {
  NodeBuilder builder(image, {});
  builder.append("relu1", Relu{});
  builder.append("add", Add{}, {0, builder.last()});
  builder.append("norm", BatchNorm{2});
  builder.append("relu2", Relu{});
  return finish(std::move(builder), "relu_of_the_images");
}

}  // namespace

std::vector<Network> small_networks() {
  std::vector<Network> networks;
  const auto add = [&networks](const char* name, const Operation& operation) {
    networks.push_back(between_convolutions(name, operation));
  };
  add("convolution", Convolution{4, 3, {.kernel = {3, 2}, .stride = {2, 1}, .padding = {1, 2}}});
  add("convolution_without_bias", Convolution{4, 3, square_window(3, 2), false});
  add("batch_norm_of_mini_batch", BatchNorm{4});
  add("batch_norm_running", BatchNorm{4, 1e-3, BatchStatistics::running});
  add("max_pool", MaxPool{square_window(2, 2)});
  add("max_pool_overlapping", MaxPool{square_window(3, 1, 1)});
  add("max_pool_with_gaps", MaxPool{{.kernel = {1, 2}, .stride = {2, 3}}});
  add("average_pool", AveragePool{square_window(2, 2)});
  add("average_pool_overlapping", AveragePool{{.kernel = {3, 2}, .stride = {2, 1}, .padding = {1, 0}}});
  add("adaptive_average_pool_uneven", AdaptiveAveragePool{3, 4});
  add("adaptive_average_pool_larger", AdaptiveAveragePool{9, 10});
  add("adaptive_average_pool_to_one", AdaptiveAveragePool{1, 1});
  networks.push_back(residual(false));
  networks.push_back(residual(true));
  networks.push_back(four_readers());
  networks.push_back(relu_of_the_images());
  return networks;
}

Network single_operation(Shape input, Operation operation) {
  return {"single_operation",
          {{"input", Input{std::move(input)}, {}},
           {"operation", std::move(operation), {0}},
           {"flatten", Flatten{}, {1}},
           {"loss", SoftmaxCrossEntropy{}, {2}}}};
}

Batch tied_batch(const Network& network, std::int64_t samples, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Batch batch{network.output_shapes().front(), {}, {}};
  for (std::int64_t i = 0; i < samples * element_count(batch.image_shape); ++i) {
    batch.inputs.push_back(static_cast<float>(random() % 8) / 8);
  }
  const auto logits = network.output_shapes()[network.nodes().back().inputs.front()].front();
  for (std::int64_t i = 0; i < samples; ++i) {
    batch.labels.push_back(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(logits)));
  }
  return batch;
}

Weights lively_weights(const Network& network, std::uint64_t seed) {
  Weights weights = draw_weights(network, seed);
  std::mt19937_64 random(seed);
  // Multiples of 2^-6 in [low, low + 1).
  const auto fill = [&random](TensorValues& tensor, double low) {
    for (double& value : tensor.values.widen()) {
      value = low + static_cast<double>(random() % 64) / 64;
    }
  };
  for (std::size_t i = 0; i < weights.parameters.size(); ++i) {
    const TensorSpec& spec = network.parameters()[i];
    if (std::holds_alternative<BatchNorm>(network.nodes()[spec.node].operation)) {
      fill(weights.parameters[i], -0.5);
    }
  }
  for (TensorValues& buffer : weights.buffers) {
    fill(buffer, buffer.name.ends_with("running_var") ? 0.5 : -0.5);
  }
  return weights;
}

}  // namespace relu0::test
