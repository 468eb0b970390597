// Which choice counts: the call's own, else that of the innermost guard of the thread, else LibTorch's.
#include "analysis/autograd/kink_choices_guard.hpp"

#include "analysis/autograd/activations.hpp"
#include "suites/tests/autograd/differentiated.hpp"
#include "suites/tests/input_error.hpp"

#include <cmath>
#include <thread>

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <torch/csrc/autograd/autograd.h>

namespace relu0::test {
namespace {

/// What ReLU'(0) is for functions that are called now without choices of their own.
double relu_at_zero() {
  return differentiate([](const at::Tensor& x) { return relu0::relu(x); }, at::zeros({1}), at::tensor({1.0F}))
      .gradient.item<double>();
}

TEST(KinkChoicesGuard, CountsWhileItLives) {
  EXPECT_EQ(relu_at_zero(), 0);
  {
    const KinkChoicesGuard outer({.relu = {.value = 2}, .absolute = 3});
    EXPECT_EQ(relu_at_zero(), 2);
    {
      const ReluAtZeroGuard inner(4);
      EXPECT_EQ(relu_at_zero(), 4);
      // The guard around it still has a say in the other kinks.
      EXPECT_EQ(
          differentiate([](const at::Tensor& x) { return relu0::abs(x); }, at::zeros({1}), at::tensor({1.0F}))
              .gradient.item<double>(),
          3);
    }
    EXPECT_EQ(relu_at_zero(), 2);
  }
  EXPECT_EQ(relu_at_zero(), 0);
}

TEST(KinkChoicesGuard, LeavesACallItsOwnChoices) {
  const ReluAtZeroGuard guard(4);
  EXPECT_EQ(
      differentiate([](const at::Tensor& x) { return relu0::relu(x, 1); }, at::zeros({1}), at::tensor({1.0F}))
          .gradient.item<double>(),
      1);
}

TEST(KinkChoicesGuard, ActsWhereTheFunctionIsCalled) {
  const at::Tensor x = at::zeros({1}).requires_grad_(true);
  at::Tensor y;
  {
    const ReluAtZeroGuard guard(4);
    y = relu0::relu(x);
  }
  EXPECT_EQ(torch::autograd::grad({y}, {x}, {at::tensor({1.0F})}).front().item<double>(), 4);
}

TEST(KinkChoicesGuard, BelongsToItsThread) {
  const ReluAtZeroGuard guard(4);
  double elsewhere = -1;
  std::thread([&elsewhere] { elsewhere = relu_at_zero(); }).join();
  EXPECT_EQ(elsewhere, 0);
}

TEST(KinkChoicesGuard, RefusesWhatIsNotFinite) {
  EXPECT_THAT(test::input_error_of([] { const ReluAtZeroGuard guard(std::nan("")); }),
              ::testing::HasSubstr("the choice at the kink 'relu' is nan"));
  EXPECT_EQ(relu_at_zero(), 0);
}

}  // namespace
}  // namespace relu0::test
