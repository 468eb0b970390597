#include "analysis/torch/draw_weights.hpp"
#include "fixtures/network/architectures/architecture.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "suites/tests/analysis/small_networks.hpp"
#include "suites/tests/command_output.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

namespace relu0 {
namespace {

/// A node as print_draws.py takes it; empty where it has no parameters.
struct ModuleText {
  std::string operator()(const Linear& linear) const {
    return fmt::format(" linear:{}:{}:{}", linear.in_features, linear.out_features, linear.bias ? 1 : 0);
  }
  std::string operator()(const Convolution& convolution) const {
    const auto& kernel = convolution.window.kernel;
    return fmt::format(" conv:{}:{}:{}:{}:{}", convolution.in_channels, convolution.out_channels, kernel[0],
                       kernel[1], convolution.bias ? 1 : 0);
  }
  std::string operator()(const BatchNorm& norm) const { return fmt::format(" norm:{}", norm.features); }
  template <typename Other>
  std::string operator()(const Other& /*unused*/) const {
    return {};
  }
};

std::vector<Network> drawn_networks() {
  std::vector<Network> all = test::small_networks();
  all.push_back(build({.hidden_layers = 2, .width = 48}));
  all.push_back(build({.hidden_layers = 2, .width = 48, .batch_norm = true}));
  all.push_back(build(ConvolutionalNetwork{Architecture::lenet5}));
  all.push_back(build(ConvolutionalNetwork{Architecture::vgg11, true}));
  all.push_back(build(ConvolutionalNetwork{Architecture::resnet18, true}));
  return all;
}

TEST(PythonDraws, AreRedrawnBitForBitByTheTorchInstalledHere) {
  if (!test::python_imports("torch, numpy")) {
    GTEST_SKIP() << "needs Python's torch and numpy (Debian: python3-torch)";
  }
  // One run of Python for all networks: importing torch is what takes time.
  // Its plainest kernels, which the variable would choose, draw otherwise.
  std::string command = fmt::format("env -u ATEN_CPU_CAPABILITY {} {}", test::python, RELU0_DRAWS_SCRIPT);
  std::string ours;
  std::uint64_t seed = 12345;
  for (const Network& network : drawn_networks()) {
    command += fmt::format(" {}", seed);
    for (const Node& node : network.nodes()) {
      command += std::visit(ModuleText{}, node.operation);
    }
    for (const TensorValues& parameter : draw_weights(network, seed).parameters) {
      const std::vector<double> doubles = parameter.values.to_doubles();
      const std::vector<float> values(doubles.begin(), doubles.end());
      ours += fmt::format("{:08x}\n", crc32(0, reinterpret_cast<const Bytef*>(values.data()),
                                            static_cast<uInt>(values.size() * sizeof(float))));
    }
    ++seed;
  }
  EXPECT_EQ(ours, test::output_of(command)) << command;
}

}  // namespace
}  // namespace relu0
