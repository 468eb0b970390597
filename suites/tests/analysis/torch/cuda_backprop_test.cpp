// What the toolkit promises on a CUDA device; skipped where LibTorch finds none.
#include "analysis/impact/comparison.hpp"
#include "analysis/machine/libtorch_info.hpp"
#include "analysis/torch/backprop.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "fixtures/network/architectures/architecture.hpp"
#include "suites/tests/analysis/small_networks.hpp"
#include "suites/tests/analysis/torch/architecture_name.hpp"

#include <algorithm>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

constexpr KinkChoices other_choice{.relu = {1, Rule::chain_rule}};

void expect_same_bits(const Gradient& ours, const Gradient& other, const std::string& what) {
  EXPECT_EQ(ours.loss, other.loss) << what;
  EXPECT_EQ(ours.input, other.input) << what;
  for (const TensorComparison& tensor : compare(ours, other).tensors) {
    EXPECT_EQ(tensor.differing, 0) << what << ", " << tensor.name;
  }
}

/// Where the windows of an adaptive pool overlap, CUDA sums gradients by atomic additions, in another order
/// each time, and nothing switches that off.
bool adds_in_any_order(const Network& network) {
  return std::any_of(network.nodes().begin(), network.nodes().end(), [&network](const Node& node) {
    const auto* pool = std::get_if<AdaptiveAveragePool>(&node.operation);
    if (pool == nullptr) {
      return false;
    }
    const Shape& input = network.output_shapes()[node.inputs.front()];
    return input[1] % pool->height != 0 || input[2] % pool->width != 0;
  });
}

class CudaBackprop : public testing::Test {
 protected:
  void SetUp() override {
    if (!libtorch_info().cuda_available) {
      GTEST_SKIP() << "needs a LibTorch for CUDA and a CUDA device";
    }
  }
};

TEST_F(CudaBackprop, GivesTheBitsOfAutogradForEachOperation) {
  for (const Network& network : test::small_networks()) {
    if (adds_in_any_order(network)) {
      continue;
    }
    const Weights weights = test::lively_weights(network, 8);
    const Batch batch = test::tied_batch(network, 5, 9);
    for (const Precision precision : all_precisions) {
      expect_same_bits(backprop(network, weights, batch, precision, other_choice, Device::cuda).gradient,
                       autograd_backprop(network, weights, batch, precision, other_choice, Device::cuda),
                       network.name() + " " + std::string(name(precision)));
    }
  }
}

class CudaArchitecture : public CudaBackprop, public testing::WithParamInterface<ConvolutionalNetwork> {};

INSTANTIATE_TEST_SUITE_P(
    Paper, CudaArchitecture,
    testing::Values(ConvolutionalNetwork{Architecture::lenet5}, ConvolutionalNetwork{Architecture::vgg11},
                    ConvolutionalNetwork{Architecture::vgg11, true},
                    ConvolutionalNetwork{Architecture::vgg11, true, BatchStatistics::running},
                    ConvolutionalNetwork{Architecture::resnet18},
                    ConvolutionalNetwork{Architecture::resnet18, true}),
    test::architecture_name);

TEST_P(CudaArchitecture, GivesTheBitsOfAutogradAndTheSameTwice) {
  const Network network = build(GetParam());
  const Weights weights = draw_weights(network, 1);
  const Batch batch = test::tied_batch(network, 100, 1);
  for (const Precision precision : all_precisions) {
    const std::string what(name(precision));
    const Gradient ours = backprop(network, weights, batch, precision, other_choice, Device::cuda).gradient;
    expect_same_bits(ours, autograd_backprop(network, weights, batch, precision, other_choice, Device::cuda),
                     what);
    expect_same_bits(ours, backprop(network, weights, batch, precision, other_choice, Device::cuda).gradient,
                     what + " again");
  }
}

}  // namespace
}  // namespace relu0
