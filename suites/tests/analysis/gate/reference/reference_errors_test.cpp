// Gradients of small models held against the reference: errors, zeros and segments that are known by hand.
#include "analysis/gate/reference/reference_errors.hpp"

#include "analysis/gate/measure_model.hpp"
#include "analysis/torch/loaded_weights.hpp"
#include "suites/tests/analysis/torchscript/script_models.hpp"

#include <cmath>

#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>

namespace relu0::gate {
namespace {

using relu0::test::saved;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

at::Tensor floats(std::initializer_list<double> values, std::vector<std::int64_t> shape) {
  return at::tensor(std::vector<double>(values)).to(at::kFloat).view(shape);
}

/// max(x · first, 0) · second; both given as matrices of inputs × outputs.
ScriptModel two_layers(const at::Tensor& first, const at::Tensor& second) {
  torch::jit::Module module("model");
  module.register_parameter("first", first.clone().set_requires_grad(true), false);
  module.register_parameter("second", second.clone().set_requires_grad(true), false);
  module.define(
      "def forward(self, x):\n  return torch.matmul(torch.relu(torch.matmul(x, self.first)), self.second)\n");
  return saved(module);
}

/// Halves and quarters, whose sums and products every precision holds. The pre-activations of the two samples
/// are (0, 1, −0.5) and (1, 0.5, −1.25): one is 0, by cancellation.
ScriptModel exact_model() {
  return two_layers(floats({0.5, 1, -1, 0.5, 0, -0.5}, {2, 3}), floats({1, -0.5, 0.5}, {3, 1}));
}
ScriptBatch exact_samples() {
  return {.inputs = {floats({1, -1, 0.5, 1.5}, {2, 2})}, .target = floats({1, 0.5}, {2, 1})};
}

/// What the pass over a mini-batch gave, and the case that it makes.
struct RunOfPass {
  explicit RunOfPass(const ScriptModel& model, const ScriptBatch& batch, Precision at = Precision::fp32,
                     const ScriptChoices& choices = {})
      : precision(at) {
    ScriptRunner runner(model, {.precision = at, .loss = ScriptLoss::mse});
    pass = runner.import_network(batch);
    for (const NamedGradient& one : runner.run(batch, choices).gradients) {
      gradients.push_back({one.name, one.gradient.sizes().vec(), to_values(one.gradient)});
    }
  }
  [[nodiscard]] ReferenceCase as_case(double rounding = 1e-6) const {
    return {.precision = precision, .pass = pass, .gradients = gradients, .rounding = rounding};
  }
  [[nodiscard]] ReferenceFigures figures(const ReferenceLimits& limits = {}) const {
    const std::vector<ReferenceCase> cases{as_case()};
    return reference_figures(cases, {}, limits).at(0);
  }

  Precision precision;
  ImportedPass pass;
  std::vector<TensorValues> gradients;
};

ScriptChoices relu_at_zero(double value) {
  ScriptChoices choices;
  choices.of_kind[ScriptKink::relu] = DerivativeChoice{.value = value};
  return choices;
}

TEST(ReferenceFigures, SayWhyThereAreNoneForAPassThatHoldsNaN) {
  ScriptBatch samples = exact_samples();
  samples.inputs[0] = floats({1, std::nan(""), 0.5, 1.5}, {2, 2});
  const ReferenceFigures figures = RunOfPass(exact_model(), samples).figures();
  EXPECT_THAT(figures.errors, IsEmpty());
  ASSERT_THAT(figures.gaps, SizeIs(1));
  EXPECT_THAT(figures.gaps[0].why, HasSubstr("holds nan at index 1: the reference needs finite numbers"));
}

TEST(ReferenceFigures, AreZeroWhereEveryOperationIsExact) {
  for (const Precision precision : all_precisions) {
    SCOPED_TRACE(name(precision));
    const RunOfPass run(exact_model(), exact_samples(), precision);
    ASSERT_TRUE(run.pass.model);
    const ReferenceFigures figures = run.figures();
    EXPECT_THAT(figures.gaps, IsEmpty());
    ASSERT_THAT(figures.errors, SizeIs(2));
    EXPECT_EQ(figures.errors[0].tensor, "first");
    EXPECT_EQ(figures.errors[1].tensor, "second");
    for (const ReferenceError& error : figures.errors) {
      EXPECT_EQ(error.relative_l2, 0);
      EXPECT_EQ(error.ulps, 0);
      EXPECT_EQ(error.bound, 0) << "both runs are exact";
      EXPECT_EQ(error.on_segment, true);
      EXPECT_EQ(error.off_segment, 0);
    }
    ASSERT_THAT(figures.zero_origins, SizeIs(1));
    EXPECT_EQ(figures.zero_origins[0].exact, 1);
    EXPECT_EQ(figures.zero_origins[0].structural + figures.zero_origins[0].rounding, 0);
    EXPECT_THAT(figures.zero_origins[0].operation, HasSubstr("aten::relu"));
  }
}

TEST(ReferenceFigures, TellHowFarAGradientLies) {
  RunOfPass run(exact_model(), exact_samples());
  std::vector<double>& second = run.gradients[1].values.widen();
  for (double& value : second) {
    value += value * 0x1p-20;  // exact in binary64
  }
  const ReferenceFigures figures = run.figures();
  EXPECT_EQ(figures.errors[0].relative_l2, 0);
  // Rounding of the two norms: three sums and roots in binary64.
  EXPECT_NEAR(figures.errors[1].relative_l2, 0x1p-20, 0x1p-20 * 8 * 0x1p-53);
  // 2^−20 of a value is 2^−20 / 2^−23 to twice as many of its ulps.
  EXPECT_GE(figures.errors[1].ulps, 8);
  EXPECT_LE(figures.errors[1].ulps, 16);
}

TEST(ReferenceFigures, FindEveryChoiceBetweenTheOneSidedOnes) {
  for (const double value : {0.0, 0.5, 1.0}) {
    const RunOfPass run(exact_model(), exact_samples(), Precision::fp32, relu_at_zero(value));
    for (const ReferenceError& error : run.figures().errors) {
      EXPECT_EQ(error.on_segment, true) << value << " " << error.tensor;
      EXPECT_EQ(error.off_segment, 0) << "all of it is exact";
      // LibTorch itself has 0, and the choice moves the first layer's gradient.
      EXPECT_EQ(error.relative_l2 > 0, value > 0 && error.tensor == "first") << value;
    }
  }
}

TEST(ReferenceFigures, FindWhatNoChoiceGives) {
  const RunOfPass run(exact_model(), exact_samples(), Precision::fp32, relu_at_zero(2));
  const ReferenceFigures figures = run.figures();
  EXPECT_EQ(figures.errors[0].on_segment, false);
  EXPECT_EQ(figures.errors[1].on_segment, true) << "the choice does not reach it";
  // From s = 1 to s = 2 as far as from 0 to 1. The output is (0.5 · −0.5, …): by hand, with g = 2 (y − t) / 2
  // per sample, the zero's share of the gradient of `first` is g₁ · second₁ · x₁ in its first column.
  const double g = 1.0 * -0.5 - 1.0;  // y₁ = 0 · 1 + 1 · (−0.5), target 1
  const double share = std::fabs(g) * std::sqrt(2.0);
  ASSERT_TRUE(figures.errors[0].off_segment);
  EXPECT_GT(*figures.errors[0].off_segment, 0);
  EXPECT_LE(*figures.errors[0].off_segment, share / share) << "the share is part of the size";
}

TEST(ReferenceFigures, DoNotJudgeTheSegmentWhereRoundingTakesSides) {
  RunOfPass run(exact_model(), exact_samples());
  for (ReluZeros& zeros : run.pass.zeros) {
    zeros.zeros.clear();
  }
  const ReferenceFigures figures = run.figures();
  EXPECT_FALSE(figures.errors[0].on_segment);
  ASSERT_THAT(figures.gaps, SizeIs(1));
  EXPECT_THAT(figures.gaps[0].operation, HasSubstr("aten::relu"));
  EXPECT_THAT(figures.gaps[0].why, HasSubstr("rounding takes sides"));
}

TEST(ReferenceFigures, TellZerosByRoundingFromTrueOnes) {
  // 2^−100 · 2^−100 is 0 in binary32 and not in binary64; 0 · w is 0 whatever w is.
  const ScriptModel model = two_layers(floats({0x1p-100, 1}, {1, 2}), floats({1, 1}, {2, 1}));
  const ScriptBatch batch{.inputs = {floats({0x1p-100, 0}, {2, 1})}, .target = floats({1, 2}, {2, 1})};
  const RunOfPass single(model, batch, Precision::fp32);
  ASSERT_THAT(single.figures().zero_origins, SizeIs(1));
  EXPECT_EQ(single.figures().zero_origins[0].rounding, 1);
  EXPECT_EQ(single.figures().zero_origins[0].structural, 2);
  const RunOfPass twice(model, batch, Precision::fp64);
  EXPECT_EQ(twice.figures().zero_origins[0].rounding, 0);
  EXPECT_EQ(twice.figures().zero_origins[0].structural, 2);
}

TEST(ReferenceFigures, KnowAGradientOfZero) {
  // Dead: both pre-activations are negative.
  const ScriptModel model = two_layers(floats({-1}, {1, 1}), floats({1}, {1, 1}));
  const ScriptBatch batch{.inputs = {floats({1, 2}, {2, 1})}, .target = floats({1, 2}, {2, 1})};
  RunOfPass run(model, batch);
  EXPECT_EQ(run.figures().errors.at(0).relative_l2, 0);
  run.gradients[0].values.widen()[0] = 1e-30;
  EXPECT_EQ(run.figures().errors.at(0).relative_l2, std::numeric_limits<double>::infinity());
}

TEST(ReferenceFigures, AreGapsWhereTheReferenceRefuses) {
  const RunOfPass run(exact_model(), exact_samples());
  const ReferenceFigures figures = run.figures({.memory = 1});
  EXPECT_THAT(figures.errors, IsEmpty());
  ASSERT_THAT(figures.gaps, SizeIs(1));
  EXPECT_THAT(figures.gaps[0].why, HasSubstr("above the limit"));
}

TEST(ReferenceFigures, OfAMeasuredModelAreOfItsFirstSamples) {
  const std::vector<ScriptBatch> batches{exact_samples(), exact_samples()};
  MeasureSettings settings{.loss = ScriptLoss::mse, .precisions = {Precision::fp32, Precision::fp16}};
  settings.reference_mini_batches = 1;
  settings.reference_samples = 1;
  const auto on = [](std::int64_t /*done*/, std::int64_t /*of*/) { return true; };
  const ModelResults results = measure_model(exact_model(), batches, settings, on);
  EXPECT_THAT(results.reference_gaps, IsEmpty());
  for (const PrecisionResults& at : results.precisions) {
    ASSERT_THAT(at.reference, SizeIs(2));
    EXPECT_EQ(at.reference[0].relative_l2, 0);
    EXPECT_EQ(at.reference[0].on_segment, true);
    ASSERT_THAT(at.zero_origins, SizeIs(1));
    EXPECT_EQ(at.zero_origins[0].exact, 1) << "one sample of one mini-batch";
  }
  settings.gradient_of = GradientOf::inputs;
  for (const PrecisionResults& at : measure_model(exact_model(), batches, settings, on).precisions) {
    ASSERT_THAT(at.reference, SizeIs(1));
    EXPECT_EQ(at.reference[0].tensor, "input 0");
    EXPECT_EQ(at.reference[0].relative_l2, 0);
  }
  settings.reference_work = 5;  // the pass multiplies 2 · 3 + 3 times
  const ModelResults refused = measure_model(exact_model(), batches, settings, on);
  EXPECT_THAT(refused.precisions[0].reference, IsEmpty());
  ASSERT_THAT(refused.reference_gaps, SizeIs(1));
  EXPECT_THAT(refused.reference_gaps[0].why, HasSubstr("--reference-mini-batches"));
}

TEST(ReferenceFigures, OfAModelThatIsNoNetworkAreItsGaps) {
  torch::jit::Module module("model");
  module.register_parameter("w", floats({1, 2}, {1, 2}).set_requires_grad(true), false);
  module.define("def forward(self, x):\n  return torch.relu(torch.sigmoid(torch.matmul(x, self.w)))\n");
  const std::vector<ScriptBatch> batches{
      {.inputs = {floats({1, 2}, {2, 1})}, .target = floats({1, 2, 3, 4}, {2, 2})}};
  MeasureSettings settings{.loss = ScriptLoss::mse, .precisions = {Precision::fp32, Precision::fp64}};
  settings.reference_mini_batches = 1;
  const ModelResults results =
      measure_model(saved(module), batches, settings, [](std::int64_t, std::int64_t) { return true; });
  ASSERT_THAT(results.reference_gaps, SizeIs(1)) << "once for all precisions";
  EXPECT_EQ(results.reference_gaps[0].operation, "aten::sigmoid");
  EXPECT_EQ(results.reference_gaps[0].source.line, 2);
  EXPECT_TRUE(results.precisions[0].gradients) << "the gate goes on";
}

}  // namespace
}  // namespace relu0::gate
