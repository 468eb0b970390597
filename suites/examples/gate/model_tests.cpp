// A network in LibTorch's C++ frontend, and tests that hold its gradients against relu0.
#include <cstdlib>

#include <relu0/gtest.hpp>
#include <relu0/reference.hpp>
#include <relu0/torch.hpp>
#include <torch/nn/functional/loss.h>
#include <torch/nn/modules/linear.h>
#include <torch/utils.h>

namespace {

struct Model : torch::nn::Module {
  Model() {
    register_module("fc1", fc1);
    register_module("relu1", relu1);
    register_module("fc2", fc2);
    // Short binary fractions, with which all of a pass is exact in binary32. No sum of products of weights
    // and images, multiples of 1/32, meets the negative of a bias, an odd multiple of 1/64.
    const torch::NoGradGuard guard;
    fc1->weight.copy_(at::arange(8 * 4).mul(5).remainder(9).sub(4).div(8).view({8, 4}));
    fc1->bias.copy_(at::arange(8).mul(2).sub(7).div(64));
    fc2->weight.copy_(at::arange(4 * 8).mul(5).remainder(7).sub(3.5).div(8).view({4, 8}));
    fc2->bias.zero_();
    if (std::getenv("RELU0_EXAMPLE_BROKEN") != nullptr) {
      // A neuron whose weights were pruned: it is exactly 0 whatever the input.
      fc1->weight[0] = 0;
      fc1->bias[0] = 0;
    }
  }

  at::Tensor forward(const at::Tensor& x) { return fc2(relu1(fc1(x))); }

  torch::nn::Linear fc1{4, 8};
  relu0::nn::ReLU relu1;
  torch::nn::Linear fc2{8, 4};
};

class Gradients : public testing::Test {
 protected:
  relu0::GradientFunction gradients() {
    return relu0::gradients_of(model, [this] {
      return torch::nn::functional::mse_loss(model.forward(images), at::one_hot(labels, 4).to(at::kFloat));
    });
  }

  Model model;
  at::Tensor images = at::arange(2 * 4).sub(3).div(4).view({2, 4});
  at::Tensor labels = at::tensor({0, 2}, at::kLong);
};

TEST_F(Gradients, DoNotDependOnReluAtZero) { EXPECT_THAT(gradients(), relu0::DoesNotDependOnReluAtZero()); }

TEST_F(Gradients, LieBetweenOneSidedDerivatives) {
  // A value that is no derivative shows where a kink is met.
  const relu0::ReluAtZeroGuard guard(-1);
  EXPECT_THAT(gradients(), relu0::WithinOneSidedDerivatives(gradients()));
}

TEST_F(Gradients, AreThoseOfTheReference) {
  const relu0::Network network =
      relu0::NetworkBuilder({4}).linear(8).named("fc1").relu().linear(4).named("fc2").with_loss(
          relu0::MeanSquaredError{});
  relu0::WeightsBuilder weights(network);
  for (const auto& parameter : model.named_parameters()) {
    weights.set(parameter.key(), relu0::to_doubles(parameter.value()));
  }
  const auto truth = relu0::reference::gradient(network, weights.build(), relu0::to_doubles(images), {0, 2},
                                                {.kinks = {.relu = {.value = 1}}});
  // The pass is exact, so that the gradient may be off by its last rounding and no more.
  EXPECT_THAT(gradients(), relu0::WithinUlpsOfReference(truth, 0.5));
}

}  // namespace
