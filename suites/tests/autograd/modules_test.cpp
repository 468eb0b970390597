// relu0::nn: modules of LibTorch's C++ frontend that run relu0's functions.
#include "analysis/autograd/modules.hpp"

#include "suites/tests/autograd/differentiated.hpp"
#include "suites/tests/input_error.hpp"

#include <sstream>

#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <torch/nn/modules/container/sequential.h>

namespace relu0::test {
namespace {

const at::Tensor ones = at::tensor({1.0F});

template <typename Module>
float derivative(Module module, float x) {
  return differentiate([&](const at::Tensor& t) { return module->forward(t); }, at::tensor({x}), ones)
      .gradient.template item<float>();
}

TEST(Modules, KeepTheirOwnChoices) {
  EXPECT_EQ(derivative(nn::ReLU(0.5), 0), 0.5F);
  EXPECT_EQ(derivative(nn::ReLU(KinkChoices{.relu = {.value = 2}}), 0), 2);
  EXPECT_EQ(derivative(nn::LeakyReLU(0.25, KinkChoices{.leaky_relu = 3}), 0), 3);
  EXPECT_EQ(derivative(nn::Hardtanh(0, 2, KinkChoices{.clamp_upper = DerivativeChoice{.value = 5}}), 2), 5);
  EXPECT_EQ(derivative(nn::ReLU6(KinkChoices{.clamp_lower = DerivativeChoice{.value = 7}}), 0), 7);
}

TEST(Modules, FollowTheGuardWithoutThem) {
  EXPECT_EQ(derivative(nn::LeakyReLU(0.25), 0), 0.25F);
  const KinkChoicesGuard guard({.relu = {.value = 2},
                                .leaky_relu = 3,
                                .clamp_lower = DerivativeChoice{.value = 4},
                                .clamp_upper = DerivativeChoice{.value = 5}});
  EXPECT_EQ(derivative(nn::ReLU(), 0), 2);
  EXPECT_EQ(derivative(nn::LeakyReLU(), 0), 3);
  EXPECT_EQ(derivative(nn::Hardtanh(), -1), 4);
  EXPECT_EQ(derivative(nn::ReLU6(), 6), 5);
  EXPECT_EQ(derivative(nn::ReLU(1.0), 0), 1);
}

TEST(Modules, PoolWithTheirWindowAndChoice) {
  const at::Tensor x = at::tensor({1.0F, 1.0F}).view({1, 1, 1, 2});
  const auto gradient = [&](nn::MaxPool2d pool) {
    return differentiate([&](const at::Tensor& t) { return pool(t); }, x, ones.view({1, 1, 1, 1}))
        .gradient.view(2);
  };
  const Window window{.kernel = {1, 2}};
  EXPECT_TRUE(at::equal(gradient(nn::MaxPool2d(window)), at::tensor({1.0F, 0.0F})));
  EXPECT_TRUE(at::equal(gradient(nn::MaxPool2d(window, KinkChoices{.max_pool = TieChoice::mean})),
                        at::tensor({0.5F, 0.5F})));
}

TEST(Modules, StandInContainersAndAreCloned) {
  torch::nn::Sequential net(nn::ReLU(0.5), nn::LeakyReLU(0.25));
  EXPECT_EQ(derivative(net, 0), 0.125F);
  const auto copy = std::dynamic_pointer_cast<torch::nn::SequentialImpl>(net->clone());
  EXPECT_EQ(differentiate([&](const at::Tensor& t) { return copy->forward(t); }, at::tensor({0.0F}), ones)
                .gradient.item<float>(),
            0.125F);
  std::ostringstream text;
  text << net;
  EXPECT_THAT(text.str(), ::testing::HasSubstr("relu0::nn::ReLU()"));
  EXPECT_THAT(text.str(), ::testing::HasSubstr("relu0::nn::LeakyReLU(0.25)"));
}

TEST(Modules, RefuseWhatIsNotFinite) {
  EXPECT_THAT(test::input_error_of([] { const nn::ReLU module(std::numeric_limits<double>::infinity()); }),
              ::testing::HasSubstr("the choice at the kink 'relu' is inf"));
}

}  // namespace
}  // namespace relu0::test
