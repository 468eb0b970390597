// Our optimizers are LibTorch's, bit for bit.
#include "analysis/machine/threads.hpp"
#include "analysis/training/optimizer/optimizer.hpp"
#include "analysis/training/optimizer/schedule.hpp"
#include "fixtures/random/counter_draws.hpp"
#include "suites/tests/input_error.hpp"

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/optim/adam.h>
#include <torch/optim/sgd.h>

namespace relu0 {
namespace {

using ::testing::HasSubstr;

/// Sizes around the widths of vector registers, where kernels end with scalar code.
const std::vector<std::vector<std::int64_t>> shapes{{1}, {7}, {33, 5}, {16, 17}, {64}};

at::Tensor drawn(const std::vector<std::int64_t>& shape, at::ScalarType type, std::uint64_t key) {
  const CounterDraws draws({key});
  at::Tensor tensor = at::empty(shape, at::kDouble);
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    tensor.data_ptr<double>()[i] = 2 * draws.unit(static_cast<std::uint64_t>(i)) - 1;
  }
  return tensor.to(type);
}

std::unique_ptr<torch::optim::Optimizer> theirs(const OptimizerOptions& options,
                                                const std::vector<at::Tensor>& parameters, double rate) {
  if (const auto* sgd = std::get_if<SgdOptions>(&options)) {
    return std::make_unique<torch::optim::SGD>(
        parameters, torch::optim::SGDOptions(rate).momentum(sgd->momentum).weight_decay(sgd->weight_decay));
  }
  const auto& adam = std::get<AdamOptions>(options);
  return std::make_unique<torch::optim::Adam>(parameters, torch::optim::AdamOptions(rate)
                                                              .betas({adam.beta1, adam.beta2})
                                                              .eps(adam.epsilon)
                                                              .weight_decay(adam.weight_decay));
}

class LibtorchOptimizer : public ::testing::TestWithParam<std::tuple<Precision, OptimizerOptions>> {};

TEST_P(LibtorchOptimizer, TakesTheSameSteps) {
  compute_with_one_thread();
  const auto& [precision, options] = GetParam();
  const at::ScalarType type = precision == Precision::fp64 ? at::kDouble : at::kFloat;
  constexpr double rate = 0.0123;
  std::vector<at::Tensor> ours;
  std::vector<at::Tensor> of_torch;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    ours.push_back(drawn(shapes[i], type, i));
    of_torch.push_back(ours.back().clone());
  }
  Optimizer optimizer(options, Arithmetic(precision, Device::cpu));
  const auto reference = theirs(options, of_torch, rate);
  for (std::uint64_t step = 1; step <= 20; ++step) {
    std::vector<at::Tensor> gradient;
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      gradient.push_back(drawn(shapes[i], type, 1000 * step + i));
      of_torch[i].mutable_grad() = gradient.back().clone();
    }
    optimizer.update(ours, gradient, rate);
    reference->step();
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      ASSERT_TRUE(at::equal(ours[i], of_torch[i])) << name(options) << ", step " << step << ", tensor " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, LibtorchOptimizer,
    ::testing::Combine(
        ::testing::Values(Precision::fp32, Precision::fp64),
        ::testing::Values(OptimizerOptions(SgdOptions{}), OptimizerOptions(SgdOptions{.momentum = 0.9}),
                          OptimizerOptions(SgdOptions{.weight_decay = 0.01}),
                          OptimizerOptions(SgdOptions{.momentum = 0.9, .weight_decay = 5e-4}),
                          OptimizerOptions(AdamOptions{}),
                          OptimizerOptions(AdamOptions{
                              .beta1 = 0.8, .beta2 = 0.99, .epsilon = 1e-4, .weight_decay = 0.01}))));

TEST(Optimizer, RoundsEachOperationOfAdamOnceAtFp16) {
  // One element by hand. β₁ = 1/2, β₂ = 3/4: m = 2^-9 · 1/2, v = 2^-18 · 1/4 = 2^-20; √v = 2^-10; corrected
  // by √(1 − 3/4) = 1/2: 2^-9. ε = 2^-21 vanishes beside it at 11 bits: 2^-9 (1 + 2^-12) rounds to 2^-9.
  const OptimizerOptions options = AdamOptions{.beta1 = 0.5, .beta2 = 0.75, .epsilon = 0x1p-21};
  const at::Tensor parameter = at::zeros({1}, at::kFloat);
  Optimizer optimizer(options, Arithmetic(Precision::fp16, Device::cpu));
  optimizer.update({parameter}, {at::full({1}, 0x1p-9, at::kFloat)}, 0.25);
  EXPECT_EQ(optimizer.memory().at(0).item<double>(), 0x1p-10);
  EXPECT_EQ(optimizer.memory().at(1).item<double>(), 0x1p-20);
  // −(rate / (1 − 1/2)) · 2^-10 / 2^-9
  EXPECT_EQ(parameter.item<double>(), -0.25);
}

TEST(Optimizer, SaysWhatItIs) {
  EXPECT_EQ(name(OptimizerOptions(SgdOptions{.momentum = 0.9, .weight_decay = 5e-4})),
            "SGD, momentum 0.9, weight decay 0.0005");
  EXPECT_EQ(kind(AdamOptions{}), "adam");
}

TEST(Optimizer, RefusesNumbersThatMakeNoSense) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(test::input_error_of([] { check(AdamOptions{.beta1 = 1}); }), HasSubstr("beta1 of 1"));
  EXPECT_THAT(test::input_error_of([] { check(AdamOptions{.epsilon = 0}); }), HasSubstr("epsilon of 0"));
  EXPECT_THAT(test::input_error_of([nan] { check(SgdOptions{.momentum = nan}); }),
              HasSubstr("momentum of nan"));
}

TEST(Schedule, ChangesTheRateFromEpochToEpoch) {
  EXPECT_EQ(rate_in(ConstantRate{}, 0.5, 7, 10), 0.5);
  const StepDecay step{.epochs = 30, .factor = 0.5};
  EXPECT_EQ(rate_in(step, 1, 29, 90), 1);
  EXPECT_EQ(rate_in(step, 1, 30, 90), 0.5);
  EXPECT_EQ(rate_in(step, 1, 89, 90), 0.25);
  EXPECT_EQ(rate_in(CosineDecay{}, 0.5, 0, 8), 0.5);
  // cos(π/2) is 6e-17 in binary64.
  EXPECT_NEAR(rate_in(CosineDecay{}, 0.5, 4, 8), 0.25, 0x1p-52);
  EXPECT_EQ(name(step), "times 0.5 every 30 epochs");
  EXPECT_THAT(test::input_error_of([] { check(StepDecay{.epochs = 0}); }), HasSubstr("every 0 epochs"));
  EXPECT_THAT(test::input_error_of([] { check(StepDecay{.factor = -1}); }), HasSubstr("-1"));
}

}  // namespace
}  // namespace relu0
