#include "analysis/draw_weights.hpp"
#include "fixtures/architecture.hpp"
#include "fixtures/mlp.hpp"
#include "suites/tests/analysis/small_networks.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

namespace relu0 {
namespace {

std::string output_of(const std::string& command) {
  struct Close {
    void operator()(std::FILE* pipe) const { pclose(pipe); }
  };
  const std::unique_ptr<std::FILE, Close> pipe(popen(command.c_str(), "r"));
  std::string text;
  std::array<char, 256> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
    text += buffer.data();
  }
  return text;
}

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

std::vector<Network> networks() {
  std::vector<Network> all = testing::small_networks();
  all.push_back(build({.hidden_layers = 2, .width = 48}));
  all.push_back(build({.hidden_layers = 2, .width = 48, .batch_norm = true}));
  all.push_back(build(ConvolutionalNetwork{Architecture::lenet5}));
  all.push_back(build(ConvolutionalNetwork{Architecture::vgg11, true}));
  all.push_back(build(ConvolutionalNetwork{Architecture::resnet18, true}));
  return all;
}

TEST(PythonDraws, AreRedrawnBitForBitByTheTorchInstalledHere) {
  const std::string python = "/usr/bin/python3";
  if (output_of(python + " -c 'import torch, numpy; print(1)' 2>/dev/null") != "1\n") {
    GTEST_SKIP() << "needs Python's torch and numpy (Debian: python3-torch)";
  }
  // One run of Python for all networks: importing torch is what takes time.
  std::string command = python + " " + RELU0_DRAWS_SCRIPT;
  std::string ours;
  std::uint64_t seed = 12345;
  for (const Network& network : networks()) {
    command += fmt::format(" {}", seed);
    for (const Node& node : network.nodes()) {
      command += std::visit(ModuleText{}, node.operation);
    }
    for (const TensorValues& parameter : draw_weights(network, seed).parameters) {
      const std::vector<float> values(parameter.values.begin(), parameter.values.end());
      ours += fmt::format("{:08x}\n", crc32(0, reinterpret_cast<const Bytef*>(values.data()),
                                            static_cast<uInt>(values.size() * sizeof(float))));
    }
    ++seed;
  }
  EXPECT_EQ(ours, output_of(command)) << command;
}

}  // namespace
}  // namespace relu0
