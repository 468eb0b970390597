// fp16, bf16 and tf32 emulated on any graph: the MLP that both of the toolkit's engines can run gives the
// same bits.
#include "analysis/torch/draw_weights.hpp"
#include "analysis/torch/libtorch_backprop.hpp"
#include "analysis/torchscript/kinks/native_choices.hpp"
#include "analysis/torchscript/rounding_dispatch.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "suites/tests/analysis/torchscript/script_models.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::module_of;
using test::run;
using test::saved;
using test::vector_of;

bool holds_only(Precision precision, const at::Tensor& tensor) {
  const at::ScalarType narrow = precision == Precision::fp16 ? at::kHalf : at::kBFloat16;
  return tensor.equal(tensor.to(narrow).to(at::kFloat));
}

TEST(EmulatedScript, HoldsOnlyNumbersOfItsFormat) {
  const ScriptModel model = test::saved(
      test::module_of("  t = x * 1.1 + self.b\n  y = torch.sigmoid(t) * 1.3\n  y[0:2].mul_(1.7)\n  z = "
                      "torch.cat([y[0:2], y[2:]])\n  return (z * self.c).sum()\n",
                      {0.1, 0.2, 0.3, 0.4}));
  const at::Tensor x = test::vector_of({0.1, 0.7, -1.3, 2.9});
  for (const Precision precision : {Precision::fp16, Precision::bf16}) {
    const ScriptResult result = test::run(model, x, {}, {.precision = precision, .loss = ScriptLoss::model});
    EXPECT_TRUE(holds_only(precision, result.gradients.front().gradient));
    EXPECT_TRUE(holds_only(precision, at::full({}, result.loss, at::kFloat)));
    const ScriptResult wide =
        test::run(model, x, {}, {.precision = Precision::fp64, .loss = ScriptLoss::model});
    EXPECT_NE(result.loss, wide.loss);
    // Seven operations with a relative error of half an ulp each, of a sum of 4 positive terms below 1.
    EXPECT_NEAR(result.loss, wide.loss, 10 * (precision == Precision::fp16 ? 0x1p-11 : 0x1p-8));
  }
}

TEST(EmulatedScript, RoundsElementsWhateverTheirStrides) {
  const Arithmetic fp16(Precision::fp16, Device::cpu);
  at::Tensor x = at::full({3, 4}, 1 + 0x1p-12F);
  round_elements(fp16, x.select(1, 2));
  EXPECT_THAT(test::values_of(x[0]), testing::ElementsAre(1 + 0x1p-12, 1 + 0x1p-12, 1, 1 + 0x1p-12));
  round_elements(fp16, x.t());
  EXPECT_TRUE(holds_only(Precision::fp16, x));
}

TEST(EmulatedScript, OfTf32RoundsOperandsOfProductsOnly) {
  // 1 + 2^-12 is no number of 11 bits; as an operand of a product it is 1.
  torch::jit::Module module = test::module_of(
      "  return torch.mm(x.view([1, 2]), (self.b + self.c).view([2, 1])).sum() + x.sum()\n", {1, 1});
  const ScriptModel model = test::saved(module);
  const at::Tensor x = test::vector_of({1 + 0x1p-12, 2});
  const ScriptResult result =
      test::run(model, x, {}, {.precision = Precision::tf32, .loss = ScriptLoss::model});
  EXPECT_EQ(result.loss, 3 + (3 + 0x1p-12));
  EXPECT_THAT(test::values_of(result.gradients.front().gradient), testing::ElementsAre(1, 2));
}

/// A TorchScript model of a network of linear layers and ReLUs, with its weights.
ScriptModel script_of(const Network& network, const Weights& weights) {
  torch::jit::Module module("mlp");
  std::string body = "def forward(self, x):\n  y = x\n";
  for (std::size_t i = 0; i < weights.parameters.size(); i += 2) {
    for (const std::size_t parameter : {i, i + 1}) {
      const auto& shape = network.parameters()[parameter].shape;
      const at::Tensor values = test::vector_of(weights.parameters[parameter].values.to_doubles());
      module.register_parameter(
          (parameter == i ? "w" : "b") + std::to_string(i / 2),
          values.view(std::vector<std::int64_t>(shape.begin(), shape.end())).clone().set_requires_grad(true),
          false);
    }
    const std::string layer = std::to_string(i / 2);
    const std::string linear = fmt::format("torch.linear(y, self.w{0}, self.b{0})", layer);
    const bool hidden = i + 2 < weights.parameters.size();
    body += fmt::format("  y = {}\n", hidden ? fmt::format("torch.relu({})", linear) : linear);
  }
  module.define(body + "  return y\n");
  return test::saved(module);
}

TEST(EmulatedScript, OfAnMlpIsTheOtherEnginesBitForBit) {
  const Network network = build(Mlp{.hidden_layers = 2, .width = 12});
  const Weights weights = draw_weights(network, 3);
  const ScriptModel model = script_of(network, weights);
  // Another order of a sum shows in the bits of one mini-batch in ten or so.
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const at::Tensor x = at::randn({8, 784}, at::detail::createCPUGenerator(seed));
    const Batch batch{.image_shape = {1, 28, 28},
                      .inputs = std::vector<float>(x.data_ptr<float>(), x.data_ptr<float>() + x.numel()),
                      .labels = {0, 1, 2, 3, 4, 5, 6, 7}};
    for (const Precision precision : all_precisions) {
      SCOPED_TRACE(fmt::format("seed {}, {}", seed, name(precision)));
      const LibtorchGradient expected = libtorch_backprop(network, weights, batch, precision, {});
      ScriptRunner runner(model, {.precision = precision});
      const ScriptResult result = runner.run({.inputs = {x}, .target = at::arange(8)});
      EXPECT_EQ(result.loss, expected.loss);
      ASSERT_EQ(result.gradients.size(), expected.parameters.size());
      for (std::size_t i = 0; i < expected.parameters.size(); ++i) {
        EXPECT_EQ(test::values_of(result.gradients[i].gradient), expected.parameters[i].values.to_doubles())
            << result.gradients[i].name;
      }
    }
  }
}

/// What it is multiplied with is binary64 at fp64 although the model says float32, or nothing.
TEST(ScriptAtFp64, MeansBinary64WhereItSaysFloat32) {
  // 6 is what torch.float32 is. In branches, too. A product of matrices takes operands of one type only.
  const std::string function =
      "  if x.numel() > 1:\n    w = torch.ones([2, 2], dtype=6)\n  else:\n    w = "
      "torch.zeros([2, 2])\n";
  for (const std::string& matrix :
       {std::string("torch.eye(2)"), std::string("torch.ones([2, 2])"),
        std::string("torch.full([2, 2], 0.1)"), std::string("torch.tensor([[1., 2.], [3., 4.1]])"),
        std::string("torch.ones([2, 2], dtype=6) / 3"),
        std::string("torch.arange(4).view([2, 2]).float() / 3"),
        std::string("torch.arange(4).view([2, 2]).to(6) / 3"),
        std::string("torch.arange(4).view([2, 2]) / 3"), std::string("w / 3")}) {
    const ScriptModel model = saved(module_of(
        fmt::format("{}  return (torch.mm({}, (x + self.b).view([2, 1])).view([2]) * self.c).sum()\n",
                    function, matrix),
        {1, 3}));
    for (const ScriptExecutor executor : {ScriptExecutor::plain, ScriptExecutor::optimising}) {
      const auto gradient = [&](Precision precision) {
        return run(model, vector_of({1, 2}), {},
                   {.precision = precision, .loss = ScriptLoss::model, .executor = executor})
            .gradients.front()
            .gradient;
      };
      const at::Tensor at_fp64 = gradient(Precision::fp64);
      EXPECT_EQ(at_fp64.scalar_type(), at::kDouble) << matrix;
      EXPECT_TRUE(at_fp64.to(at::kFloat).allclose(gradient(Precision::fp32))) << matrix;
      if (matrix.find("/ 3") != std::string::npos) {
        EXPECT_FALSE(at_fp64.equal(at_fp64.to(at::kFloat).to(at::kDouble)))
            << matrix << " was rounded to float32";
      }
    }
  }
  EXPECT_EQ(c10::get_default_dtype_as_scalartype(), at::kFloat) << "as it was";
}

TEST(NativeChoices, AreThoseOfThePassesThatLeaveThemNative) {
  const std::vector<MeasuredChoice> measured = measure_native_choices();
  EXPECT_EQ(measured, measure_native_choices());
  for (const MeasuredChoice& choice : measured) {
    if (choice.spelling == "relu(x)" || choice.spelling == "clamp_min(x, 0)") {
      const std::string op =
          choice.spelling == "relu(x)" ? "torch.relu(x + self.b)" : "torch.clamp_min(x + self.b, 0.)";
      const ScriptModel model = test::saved(test::module_of("  return (" + op + " * self.c).sum()\n", {3}));
      const ScriptResult result = test::run(model, test::vector_of({0}));
      EXPECT_EQ(test::values_of(result.gradients.front().gradient).front(), 3 * choice.derivative.value())
          << choice.spelling;
    }
  }
}

}  // namespace
}  // namespace relu0
