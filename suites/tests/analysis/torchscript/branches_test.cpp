// A pass at binary64 that takes the branches of a pass at another precision.
#include "analysis/torch/same_bits.hpp"
#include "suites/tests/analysis/torchscript/script_models.hpp"

#include <cmath>

#include <ATen/ops/tensor.h>
#include <fmt/format.h>
#include <gmock/gmock.h>

namespace relu0 {
namespace {

using test::module_of;
using test::saved;
using test::values_of;
using test::vector_of;

std::unique_ptr<ScriptPass> kept(ScriptRunner& runner, const at::Tensor& x) {
  return runner.forward({.inputs = {x}}, std::nullopt, KeepBranches::yes);
}

ScriptSettings at_precision(Precision precision) {
  return {.precision = precision, .loss = ScriptLoss::model};
}

/// An operator of t = x + b at inputs near its kinks, and d result / d t on the sides of the other pass.
struct Piecewise {
  const char* name;
  const char* code;
  std::vector<double> ours;
  std::vector<double> theirs;
  std::vector<double> slopes;  ///< of our pass on their branches
  std::int64_t differing;
};

class BranchesOfAnotherPass : public testing::TestWithParam<Piecewise> {};

constexpr double tiny = 1e-9;

TEST_P(BranchesOfAnotherPass, GiveTheirSlopesWhereTheyDiffer) {
  const Piecewise& one = GetParam();
  for (const char* body :
       {"  t = x + self.b\n  y = {}\n  return (y * self.c[:y.numel()].view(y.shape)).sum()\n",
        // In place on a view.
        "  s = (x + self.b).view([2, -1])\n  t = s.view([-1])\n  y = {}\n"
        "  return (y * self.c[:y.numel()].view(y.shape)).sum()\n"}) {
    const ScriptModel model =
        saved(module_of(fmt::format(fmt::runtime(body), one.code), {1, 2, -4, 8, 16, -32}));
    ScriptRunner runner(model, at_precision(Precision::fp64));
    ScriptRunner other(model, at_precision(Precision::fp64));
    const at::Tensor x = at::tensor(one.ours, at::kDouble);
    const auto pass = kept(runner, x);
    const auto their_pass = kept(other, at::tensor(one.theirs, at::kDouble));
    const Branches branches = their_pass->branches();
    const std::vector<BranchDifference> differences = pass->differences(branches);
    ASSERT_EQ(differences.size(), 1U);
    EXPECT_EQ(differences.front().differing, one.differing);
    const at::Tensor plain = pass->backward({}, GraphAfter::kept).gradients.front().gradient;
    EXPECT_THAT(values_of(pass->backward_along(branches, GraphAfter::kept).gradients.front().gradient),
                testing::Pointwise(testing::DoubleEq(), one.slopes));
    EXPECT_TRUE(
        same_bits(pass->backward_along(pass->branches(), GraphAfter::kept).gradients.front().gradient, plain))
        << "its own branches change nothing";
    EXPECT_TRUE(same_bits(pass->backward({}, GraphAfter::kept).gradients.front().gradient, plain))
        << "a later pass is native again";
  }
}

INSTANTIATE_TEST_SUITE_P(, BranchesOfAnotherPass,
                         testing::Values(Piecewise{"Relu",
                                                   "torch.relu(t)",
                                                   {tiny, -tiny, 1, -1, 0, tiny},
                                                   {-tiny, tiny, 1, -1, tiny, 0},
                                                   {0, 2, -4, 0, 16, 0},
                                                   4},
                                         Piecewise{"ReluInPlace",
                                                   "torch.relu_(t)",
                                                   {tiny, -tiny, 1, -1, 0, tiny},
                                                   {-tiny, tiny, 1, -1, tiny, 0},
                                                   {0, 2, -4, 0, 16, 0},
                                                   4},
                                         Piecewise{"Hardtanh",
                                                   "torch.hardtanh(t, -1., 1.)",
                                                   {-1 - tiny, 1 - tiny, 1 + tiny, 0, 3, -3},
                                                   {-1 + tiny, 1 + tiny, 1 - tiny, 0, 3, -3},
                                                   {1, 0, -4, 8, 0, 0},
                                                   3},
                                         Piecewise{"Abs",
                                                   "torch.abs(t)",
                                                   {tiny, -tiny, 0, 1, -1, 2},
                                                   {-tiny, tiny, -tiny, 1, -1, 2},
                                                   {-1, 2, 4, 8, -16, -32},
                                                   3},
                                         Piecewise{"LeakyRelu",
                                                   "torch.leaky_relu(t, 0.25)",
                                                   {tiny, -tiny, 1, -1, 2, -2},
                                                   {-tiny, tiny, 1, -1, 2, -2},
                                                   {0.25, 2, -4, 2, 16, -8},
                                                   2},
                                         // Its derivative is (2 t + 3) / 6 between its points: 1.5 at 3.
                                         Piecewise{"Hardswish",
                                                   "torch.hardswish(t)",
                                                   {3 + tiny, 4, -4, 4, 4, -4},
                                                   {3 - tiny, 4, -4, 4, 4, -4},
                                                   {1.5, 2, 0, 8, 16, 0},
                                                   1},
                                         Piecewise{"MaximumOfTwo",
                                                   "torch.maximum(t, t.flip([0]).detach())",
                                                   {1 + tiny, 2, 3, 4, 5, 1},
                                                   {1 - tiny, 2, 3, 4, 5, 1},
                                                   {0, 0, 0, 8, 16, -32},
                                                   2},
                                         Piecewise{"MaxPool",
                                                   "torch.max_pool2d(t.view([1, 1, 3, 2]), [1, 2])",
                                                   {1, 1 + tiny, 5, 4, 2, 3},
                                                   {1, 1 - tiny, 5, 4, 2, 3},
                                                   {1, 0, 2, 0, 0, -4},
                                                   1},
                                         Piecewise{"MaxOverADimension",
                                                   "torch.max(t.view([3, 2]), 1)[0]",
                                                   {1, 1 + tiny, 5, 4, 2, 3},
                                                   {1, 1 - tiny, 5, 4, 2, 3},
                                                   {1, 0, 2, 0, 0, -4},
                                                   2}),
                         [](const auto& named) { return named.param.name; });

TEST(Branches, MakeTheErrorOfAPrecisionOneOfRounding) {
  // 2^−30 is lost beside 1 in binary32, so that the ReLU's input is 0 there and 2^−30 in binary64.
  const ScriptModel model =
      saved(module_of("  t = (x + self.b) + 1. - 1.\n  return (torch.relu(t) * self.c).sum()\n", {3, 5}));
  const at::Tensor x = vector_of({std::ldexp(1.0, -30), 1});
  ScriptRunner exact(model, at_precision(Precision::fp64));
  ScriptRunner rounded(model, at_precision(Precision::fp32));
  const auto truth = kept(exact, x);
  const auto pass = kept(rounded, x);
  EXPECT_THAT(values_of(truth->backward({}, GraphAfter::kept).gradients.front().gradient),
              testing::ElementsAre(3, 5));
  EXPECT_THAT(values_of(pass->backward({}, GraphAfter::released).gradients.front().gradient),
              testing::ElementsAre(0, 5));
  EXPECT_THAT(values_of(truth->backward_along(pass->branches(), GraphAfter::kept).gradients.front().gradient),
              testing::ElementsAre(0, 5));
}

TEST(Branches, AreTakenInEitherType) {
  const ScriptModel model = saved(
      module_of("  t = x + self.b\n  y = torch.maximum(torch.relu(t), torch.relu(t).flip([0]).detach())\n"
                "  return (y * self.c).sum()\n",
                {3, 5}));
  ScriptRunner runner(model, at_precision(Precision::fp32));
  ScriptRunner other(model, at_precision(Precision::fp32));
  const auto pass = kept(runner, vector_of({1e-9, 2e-9}));
  const auto their_pass = kept(other, vector_of({2e-9, -1e-9}));
  const at::Tensor gradient =
      pass->backward_along(their_pass->branches(), GraphAfter::kept).gradients.front().gradient;
  EXPECT_EQ(gradient.scalar_type(), at::kFloat);
  EXPECT_THAT(values_of(gradient), testing::ElementsAre(3, 0));
}

TEST(Branches, LeaveNanAlone) {
  const double nan = std::nan("");
  const ScriptModel model = saved(module_of("  return (torch.relu(x + self.b) * self.c).sum()\n", {3, 5}));
  ScriptRunner runner(model, at_precision(Precision::fp32));
  ScriptRunner other(model, at_precision(Precision::fp32));
  const auto pass = kept(runner, vector_of({1, nan}));
  const auto their_pass = kept(other, vector_of({nan, -1}));
  EXPECT_EQ(pass->differences(their_pass->branches()).front().differing, 0);
}

}  // namespace
}  // namespace relu0
