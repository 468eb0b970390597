// Our description of an architecture, run by our own passes, is torchvision's network run by Python.
#include "analysis/machine/threads.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "analysis/torch/libtorch_backprop.hpp"
#include "fixtures/network/architectures/architecture.hpp"
#include "suites/tests/analysis/torch/python_check.hpp"
#include "suites/tests/command_output.hpp"

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

struct PythonCase {
  Architecture architecture;
  bool batch_norm;
  std::int64_t samples;
};

constexpr std::uint64_t weights_seed = 77;

std::string name_of(const PythonCase& at) {
  return name(ConvolutionalNetwork{.architecture = at.architecture});
}

TEST(PythonGradients, OfTorchvisionsNetworksAreOurs) {
  if (!test::python_imports("torchvision, numpy")) {
    GTEST_SKIP() << "needs Python's torchvision (Debian: python3-torchvision)";
  }
  const std::vector<PythonCase> cases{{Architecture::vgg11, false, 3},
                                      {Architecture::vgg11, true, 3},
                                      {Architecture::resnet18, false, 3},
                                      {Architecture::resnet18, true, 3},
                                      {Architecture::resnet50, true, 1}};
  // One thread on both sides: how a matrix product is shared out among threads changes its bits.
  compute_with_one_thread();
  std::string command = fmt::format("OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 {} {} {}", test::python,
                                    RELU0_GRADIENTS_SCRIPT, RELU0_TORCHVISION_FOLDER);
  for (const PythonCase& at : cases) {
    command += fmt::format(" {} {} {} {}", name_of(at), at.batch_norm ? 1 : 0, weights_seed, at.samples);
  }
  // The same LibTorch lies under both, so that the bits are the same; gradients follow from logits that are.
  std::istringstream theirs(test::output_of(command));
  for (const PythonCase& at : cases) {
    const Network network =
        build(ConvolutionalNetwork{.architecture = at.architecture, .batch_norm = at.batch_norm});
    const LibtorchGradient ours =
        libtorch_backprop(network, draw_weights(network, weights_seed),
                          test::patterned_batch(network, at.samples), Precision::fp64, {});
    std::string expected;
    ASSERT_TRUE(theirs >> expected) << "Python printed too little: " << command;
    EXPECT_EQ(ours.loss, std::strtod(expected.c_str(), nullptr)) << network.name();
    for (const TensorValues& tensor : ours.parameters) {
      ASSERT_TRUE(theirs >> expected) << "Python printed too little: " << command;
      EXPECT_EQ(test::checksum(tensor.values.to_doubles()), expected)
          << network.name() << ", gradient of " << tensor.name;
    }
  }
}

}  // namespace
}  // namespace relu0
