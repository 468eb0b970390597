// Where no operation rounds, every kernel has LibTorch's numbers, whatever its order: the kernels compute the
// same layers.
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/torch/backprop.hpp"
#include "suites/tests/analysis/small_networks.hpp"
#include "suites/tests/analysis/torch/sample_data.hpp"

#include <gtest/gtest.h>

namespace relu0 {
namespace {

/// Convolution, ReLU and a linear layer of four outputs: with weights and pixels of few bits and a mini-batch
/// of four, every number of the pass is a fraction of far fewer bits than binary64's, even within Winograd's
/// transforms, which add two bits each.
Network few_bits_network(const Convolution& convolution, std::int64_t features) {
  return {"few bits",
          {{"input", Input{{convolution.in_channels, 6, 5}}, {}},
           {"conv", convolution, {0}},
           {"relu", Relu{}, {1}},
           {"flatten", Flatten{}, {2}},
           {"linear", Linear{features, 4}, {3}},
           {"loss", MeanSquaredError{}, {4}}}};
}

std::vector<Network> networks() {
  return {few_bits_network({2, 3, square_window(3, 1, 1)}, 90),
          few_bits_network({4, 6, square_window(3, 2, 1), true, 2}, 54),
          few_bits_network({2, 3, {.kernel = {2, 3}, .padding = {1, 0}, .dilation = {2, 1}}, false}, 54),
          few_bits_network({2, 4, {.kernel = {3, 3}, .padding = {0, 1}, .padding_end = {{1, 2}}}}, 120)};
}

TEST(ExactSums, AreThoseOfLibTorchWithEveryKernel) {
  for (const Network& network : networks()) {
    const Weights weights = test::coarse(test::lively_weights(network, 3));
    const Batch batch = test::tied_batch(network, 4, 5);
    const auto gradient_by = [&](const char* kernel) {
      return backprop(network, weights, batch, Precision::fp64, {}, Device::cpu, {},
                      parse_kernel_choice(kernel))
          .gradient;
    };
    const Gradient native = gradient_by("native");
    for (const char* kernel : {"bias-last", "portable", "portable:no-fma+block=3+bias-first",
                               "portable:winograd", "portable:bits=40", "portable:block=7+bits=39"}) {
      const Gradient gradient = gradient_by(kernel);
      EXPECT_EQ(gradient.loss, native.loss) << kernel;
      EXPECT_EQ(gradient.input, native.input) << kernel;
      ASSERT_EQ(gradient.parameters.size(), native.parameters.size());
      for (std::size_t i = 0; i < native.parameters.size(); ++i) {
        EXPECT_EQ(gradient.parameters[i].values.to_doubles(), native.parameters[i].values.to_doubles())
            << kernel << ", " << native.parameters[i].name;
      }
    }
  }
}

}  // namespace
}  // namespace relu0
