// What a gate measures of small models whose gradients are known by hand.
#include "analysis/gate/measure_model.hpp"

#include "suites/tests/analysis/torchscript/script_models.hpp"
#include "suites/tests/input_error.hpp"

#include <cmath>

#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>

namespace relu0::gate {
namespace {

using relu0::test::module_of;
using relu0::test::saved;
using relu0::test::vector_of;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

bool to_the_end(std::int64_t /*done*/, std::int64_t /*of*/) { return true; }

/// max(x, 0) · c, whose gradient with respect to an added b is c where x > 0 and s c where x = 0.
ScriptModel relu_model(const std::vector<double>& c) {
  return saved(module_of("  return (torch.relu(x + self.b) * self.c).sum()\n", c));
}

MeasureSettings of_own_loss(std::vector<Precision> precisions = {Precision::fp32, Precision::fp64}) {
  return {.loss = ScriptLoss::model, .precisions = std::move(precisions)};
}

ScriptBatch input(const std::vector<double>& values) { return {.inputs = {vector_of(values)}}; }

TEST(MeasuredModel, IsImpactedWhereAZeroIsMetAndByHowMuch) {
  const ScriptModel model = relu_model({1, -3, 4});
  const std::vector<ScriptBatch> batches{input({-1, 2, 2}), input({-1, 0, 2}), input({1, 1, 1})};
  const std::vector<Precision> all(all_precisions.begin(), all_precisions.end());
  const ModelResults results = measure_model(model, batches, of_own_loss(all), to_the_end);
  EXPECT_THAT(results.pairs, ElementsAre(ValuePair{"relu", "0", "1"}));
  ASSERT_THAT(results.precisions, SizeIs(all.size()));
  for (const PrecisionResults& at : results.precisions) {
    ASSERT_THAT(at.comparisons, SizeIs(1));
    const PairComparison& comparison = at.comparisons[0];
    EXPECT_EQ(comparison.mini_batches, 3);
    EXPECT_EQ(comparison.impacted, 1);
    EXPECT_EQ(comparison.first_impacted, 1);
    ASSERT_THAT(comparison.changes, SizeIs(1));
    // From (0, 0, 4) to (0, −3, 4).
    EXPECT_EQ(comparison.changes[0].tensor, "b");
    EXPECT_EQ(comparison.changes[0].change, 0.75);
    EXPECT_EQ(comparison.changes[0].mini_batch, 1);
    ASSERT_TRUE(comparison.control);
    EXPECT_EQ(comparison.control->mini_batches, 1);
    EXPECT_EQ(comparison.control->differing, 0);
    ASSERT_TRUE(at.gradients);
    EXPECT_EQ(at.gradients->mini_batches, 3);
    EXPECT_EQ(at.gradients->tensors[0].largest_norm, std::sqrt(26.0));  // (1, −3, 4)
    EXPECT_EQ(at.gradients->tensors[0].smallest_norm, 4);
    EXPECT_EQ(at.gradients->zero_mini_batches, 0);
    EXPECT_GT(at.operations.value(), 3);
    if (at.precision == Precision::fp64) {
      EXPECT_THAT(at.errors, IsEmpty());
    } else {
      EXPECT_EQ(at.errors.at(0).relative_l2, 0) << "every precision holds these numbers";
      EXPECT_EQ(at.errors.at(0).ulps, 0);
    }
  }
  ASSERT_THAT(results.kinks, SizeIs(1));
  const KinkSite& site = results.kinks[0];
  EXPECT_EQ(site.operation, "aten::relu");
  EXPECT_EQ(site.kink, "relu");
  EXPECT_TRUE(site.controlled);
  ASSERT_THAT(site.counts, SizeIs(all.size()));
  for (const KinkCount& count : site.counts) {
    EXPECT_EQ(count.elements, 9);
    EXPECT_EQ(count.positive_zeros, 1);
    EXPECT_EQ(count.hits(), 1);
    EXPECT_EQ(count.reached, 1);
    EXPECT_EQ(count.first_hit, 1);
  }
  ASSERT_THAT(results.tensors, SizeIs(1));
  EXPECT_EQ(results.tensors[0].elements, 3);
  // At fp64 the gradients are (0, −3, 4), (0, 0, 4), (1, −3, 4): 3/5 from the first, √10/4 from the second.
  EXPECT_EQ(results.tensors[0].between_mini_batches, 0.6);
  EXPECT_FALSE(results.aborted);
}

TEST(MeasuredModel, CountsSignsOfZeroApart) {
  // d/db of max(x b, 0) c is s c x, which is −0 or +0 where x is 0.
  const ScriptModel model = saved(module_of("  return (torch.relu(x * self.b) * self.c).sum()\n", {3}));
  MeasureSettings settings = of_own_loss({Precision::fp32});
  settings.pairs = {{"relu", "-1", "1"}};
  const std::vector<ScriptBatch> batches{input({0}), input({0})};
  const ModelResults results = measure_model(model, batches, settings, to_the_end);
  const PairComparison& comparison = results.precisions.at(0).comparisons.at(0);
  EXPECT_EQ(comparison.mini_batches, 2);
  EXPECT_EQ(comparison.signs_of_zero, 2);
  EXPECT_EQ(comparison.impacted, 0);
  EXPECT_THAT(comparison.changes, IsEmpty());
}

TEST(MeasuredModel, NotesZeroGradientsAndNumbersThatAreNotFinite) {
  const ScriptModel model = relu_model({1, 2});
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<ScriptBatch> batches{input({-1, -1}), input({1, std::nan("")}), input({infinity, 1})};
  const ModelResults results = measure_model(model, batches, of_own_loss({Precision::fp32}), to_the_end);
  const PrecisionResults& at = results.precisions.at(0);
  EXPECT_EQ(at.gradients->zero_mini_batches, 1);
  EXPECT_EQ(at.gradients->first_zero_mini_batch, 0);
  EXPECT_EQ(results.kinks.at(0).counts.at(0).nan_inputs, 1);
  EXPECT_EQ(results.kinks.at(0).counts.at(0).first_nan, 1);
}

TEST(MeasuredModel, TakesErrorsAgainstFp64) {
  // The gradient of b is c: 1/3 in binary64 only.
  torch::jit::Module module = module_of("  return (torch.relu(x + self.b) * (x / 3.)).sum()\n", {1, 1});
  const ScriptModel model = saved(module);
  const std::vector<ScriptBatch> batches{input({1, 2})};
  const ModelResults results =
      measure_model(model, batches, of_own_loss({Precision::bf16, Precision::fp32}), to_the_end);
  // d/db of max(x + b, 0) x/3 is x/3 = (1/3, 2/3), rounded once: half an ulp at most, 2^−p relative.
  EXPECT_GT(results.precisions[0].errors.at(0).relative_l2, std::ldexp(1.0, -12));
  EXPECT_LE(results.precisions[0].errors.at(0).relative_l2, std::ldexp(1.0, -8));
  EXPECT_GT(results.precisions[1].errors.at(0).relative_l2, 0);
  EXPECT_LE(results.precisions[1].errors.at(0).relative_l2, std::ldexp(1.0, -24));
  for (const PrecisionResults& at : results.precisions) {
    EXPECT_LE(at.errors.at(0).ulps, 0.5);
  }
}

/// Two linear layers with a ReLU between. Weights, inputs and targets are multiples of 1/2 of at most 1:
/// hidden values are multiples of 1/4 of at most 3/2, outputs of 1/8 and of size at most 2, so that
/// gradients, of 8 samples and of 4, are multiples of 1/128 below 16. That is 11 bits, which every precision
/// holds, and every sum is exact in any order.
ScriptModel two_layers() {
  torch::jit::Module module("model");
  module.register_parameter(
      "first",
      at::tensor({0.5, -1.0, 0.5, 1.0, 0.5, -0.5}).to(at::kFloat).view({2, 3}).set_requires_grad(true),
      false);
  module.register_parameter(
      "second", at::tensor({1.0, -0.5, 0.5}).to(at::kFloat).view({3, 1}).set_requires_grad(true), false);
  module.define(
      "def forward(self, x):\n  return torch.matmul(torch.relu(torch.matmul(x, self.first)), self.second)\n");
  return saved(module);
}

ScriptBatch eight_samples() {
  const at::Tensor x =
      at::tensor({0.5, 1.0, -0.5, 1.0, 1.0, -0.5, 0.5, 0.5, -1.0, 0.5, 1.0, 0.5, -1.0, 0.5, 0.5, -1.0});
  return {.inputs = {x.to(at::kFloat).view({8, 2})},
          .target = at::tensor({1.0, 0.5, -0.5, 1.0, 0.5, 0.0, 0.5, 0.5}).to(at::kFloat).view({8, 1})};
}

TEST(MeasuredLuck, IsOfTheKindsAskedForAndNoneWhereAllIsExact) {
  const ScriptModel model = two_layers();
  const std::vector<ScriptBatch> batches{eight_samples(), eight_samples()};
  MeasureSettings settings{.loss = ScriptLoss::mse, .precisions = {Precision::fp32, Precision::fp16}};
  settings.luck.assign(all_luck_kinds.begin(), all_luck_kinds.end());
  for (const GradientOf of : {GradientOf::parameters, GradientOf::inputs}) {
    settings.gradient_of = of;
    const ModelResults results = measure_model(model, batches, settings, to_the_end);
    EXPECT_EQ(results.luck, settings.luck);
    for (const PrecisionResults& at : results.precisions) {
      ASSERT_THAT(at.luck, SizeIs(all_luck_kinds.size()));
      for (const Luck& luck : at.luck) {
        EXPECT_EQ(luck.mini_batches, 1) << "the first one only";
        ASSERT_THAT(luck.changes, SizeIs(of == GradientOf::parameters ? 2 : 1));
        if (luck.kind == LuckKind::repeat) {
          EXPECT_TRUE(luck.same_bits);
        }
        for (const TensorChange& change : luck.changes) {
          EXPECT_EQ(change.change, 0) << name(luck.kind) << " " << change.tensor;
        }
      }
      for (const TensorGradient& gradient : at.gradients->tensors) {
        EXPECT_GT(gradient.smallest_norm, 0) << "nothing could differ";
      }
    }
  }
}

// A softmax's gradient is not exact, but halves weighted by their samples would be off by a third.
TEST(MeasuredLuck, OfHalvesWeighsThemByTheLabelsThatCount) {
  torch::jit::Module module("model");
  module.register_parameter(
      "weight",
      at::tensor({0.5, -1.0, 0.5, 1.0, 0.5, -0.5}).to(at::kFloat).view({2, 3}).set_requires_grad(true),
      false);
  module.define("def forward(self, x):\n  return torch.matmul(torch.relu(x), self.weight)\n");
  const ScriptModel model = saved(module);
  ScriptBatch some = eight_samples();
  some.target = at::tensor({-100, 1, -100, 0, 2, 1, 0, 2});
  ScriptBatch none_in_one_half = eight_samples();
  none_in_one_half.target = at::tensor({-100, -100, -100, -100, 2, 1, 0, 2});
  MeasureSettings settings{.loss = ScriptLoss::cross_entropy, .precisions = {Precision::fp64}};
  settings.luck = {LuckKind::split};
  for (const ScriptBatch& batch : {some, none_in_one_half}) {
    for (const GradientOf of : {GradientOf::parameters, GradientOf::inputs}) {
      settings.gradient_of = of;
      const std::vector<ScriptBatch> batches{batch};
      const ModelResults results = measure_model(model, batches, settings, to_the_end);
      ASSERT_THAT(results.precisions.at(0).luck, SizeIs(1));
      for (const TensorChange& change : results.precisions[0].luck[0].changes) {
        EXPECT_LE(change.change, 1e-14) << change.tensor;
      }
      EXPECT_GT(results.precisions[0].gradients->tensors.at(0).smallest_norm, 0) << "nothing could differ";
    }
  }
}

TEST(MeasuredLuck, OfSamplesNeedsTwoAndAMeanLoss) {
  const ScriptModel model = relu_model({1});
  MeasureSettings settings = of_own_loss({Precision::fp32});
  settings.luck = {LuckKind::permuted, LuckKind::split, LuckKind::repeat};
  const std::vector<ScriptBatch> batches{input({1})};
  const ModelResults results = measure_model(model, batches, settings, to_the_end);
  EXPECT_THAT(results.luck, ElementsAre(LuckKind::repeat));
  EXPECT_THAT(results.not_seen,
              Contains(HasSubstr("'permuted' was not measured: a mini-batch of one sample")));
  EXPECT_THAT(results.not_seen, Contains(HasSubstr("'split' was not measured")));
}

TEST(MeasuredLuck, IsNoneWhereTheOrderMattersAtFp64Too) {
  // The first sample weighs ten times as much as the others: no mean over samples.
  const std::string body =
      "  w = torch.ones_like(x)\n  w[0] = 10.\n  return (torch.relu(x + self.b) * w * self.c).sum()\n";
  const ScriptModel model = saved(module_of(body, {1}));
  MeasureSettings settings = of_own_loss({Precision::fp32});
  settings.luck = {LuckKind::permuted, LuckKind::repeat};
  const std::vector<ScriptBatch> batches{{.inputs = {vector_of({1, -1, -1}).view({3, 1})}}};
  const ModelResults results = measure_model(model, batches, settings, to_the_end);
  EXPECT_THAT(results.luck, ElementsAre(LuckKind::repeat));
  EXPECT_THAT(results.precisions.at(0).luck, SizeIs(1));
  // From 10 to 1.
  EXPECT_THAT(results.not_seen, Contains(AllOf(HasSubstr("'permuted' was not measured: at fp64 too"),
                                               HasSubstr("gradient of 'b' by 0.9"))));
  // fp64 tells where errors against it are not asked for, too.
  settings.errors = false;
  EXPECT_THAT(measure_model(model, batches, settings, to_the_end).luck, ElementsAre(LuckKind::repeat));
}

TEST(MeasuredLuck, OfCallsIsNoneWhereTheExecutorDrawsOtherRandomNumbers) {
  // Optimised, the mask of dropout is drawn in another order of the elements of a transposed tensor.
  const ScriptModel model =
      saved(module_of("  h = (x + self.b).view([3, 2]).t()\n"
                      "  return (torch.relu(torch.dropout(h, 0.5, True)) * self.c.view([2, 3])).sum()\n",
                      {1, 2, 4, 8, 16, 32}));
  MeasureSettings settings = of_own_loss({Precision::fp32});
  settings.luck = {LuckKind::calls, LuckKind::repeat};
  const std::vector<ScriptBatch> batches{input({1, 2, 3, 4, 5, 6})};
  const ModelResults results = measure_model(model, batches, settings, to_the_end);
  EXPECT_THAT(results.luck, ElementsAre(LuckKind::repeat));
  EXPECT_THAT(results.not_seen,
              Contains(AllOf(HasSubstr("'calls' was not measured"), HasSubstr("draws others"))));
  // Without transposition the same numbers are drawn.
  const ScriptModel same = saved(module_of(
      "  return (torch.relu(torch.dropout(x + self.b, 0.5, True)) * self.c).sum()\n", {1, 2, 4, 8, 16, 32}));
  EXPECT_THAT(measure_model(same, batches, settings, to_the_end).luck,
              ElementsAre(LuckKind::calls, LuckKind::repeat));
}

TEST(MeasuredModel, TellsKinksOfDataFromThoseOfWhatCarriesAGradient) {
  const ScriptModel model =
      saved(module_of("  return (torch.relu(torch.clamp(x, 0., 1.) + self.b) * self.c).sum()\n", {1, 2}));
  const std::vector<ScriptBatch> batches{input({1, 1})};
  MeasureSettings settings = of_own_loss({Precision::fp32});
  const auto on_data = [&](const ModelResults& results) {
    std::vector<std::string> operations;
    for (const KinkSite& site : results.kinks) {
      if (site.on_data) {
        operations.push_back(site.operation + " " + site.kink);
      }
      EXPECT_FALSE(site.met() && site.on_data);
    }
    return operations;
  };
  EXPECT_THAT(on_data(measure_model(model, batches, settings, to_the_end)),
              ElementsAre("aten::clamp clamp-lower", "aten::clamp clamp-upper"));
  settings.gradient_of = GradientOf::inputs;
  EXPECT_THAT(on_data(measure_model(model, batches, settings, to_the_end)), IsEmpty());
  // A probe of data would say that a choice was looked at.
  settings.gradient_of = GradientOf::parameters;
  settings.probe_kinks = true;
  for (const KinkSite& site : measure_model(model, batches, settings, to_the_end).kinks) {
    EXPECT_EQ(site.probes.empty(), site.on_data) << site.operation;
  }
}

TEST(MeasuredModel, HoldsAgainstWhatTheSecondChoiceAddsUpWhereTheFirstAddsUpNothing) {
  // Under 0 the gradient is 0; under 1 it is (w0 - w1) + (w1 - w2) + (w2 - w0), of which rounding leaves
  // something.
  const ScriptModel model =
      saved(module_of("  h = x * self.b\n  w = torch.tensor([[0.1], [0.7], [0.45]])\n"
                      "  return (torch.relu(h - torch.roll(h, [1], [0])) * w * self.c).sum()\n",
                      {1}));
  const std::vector<ScriptBatch> batches{{.inputs = {vector_of({1, 1, 1}).view({3, 1})}}};
  const ModelResults results = measure_model(model, batches, of_own_loss(), to_the_end);
  EXPECT_EQ(results.precisions.at(0).comparisons.at(0).impacted, 1) << "fp32";
  for (const PrecisionResults& at : results.precisions) {
    for (const TensorChange& change : at.comparisons.at(0).changes) {
      ASSERT_TRUE(change.summed) << name(at.precision);
      EXPECT_EQ(change.change, std::numeric_limits<double>::infinity());
      EXPECT_LT(change.summed->difference, 1e-6) << name(at.precision);
    }
  }
}

TEST(MeasuredModel, SaysWhereTheModelRunsAtFp32Only) {
  // A comparison of types is not read as one of what the model means.
  const ScriptModel model =
      saved(module_of("  if (x + self.b).dtype != 6:\n    assert False, 'float32 only'\n"
                      "  return (torch.relu(x + self.b) * self.c).sum()\n",
                      {1}));
  const std::vector<ScriptBatch> batches{input({1})};
  MeasureSettings settings = of_own_loss({Precision::fp32});
  EXPECT_THAT(test::input_error_of([&] { (void)measure_model(model, batches, settings, to_the_end); }),
              AllOf(HasSubstr("runs at fp32, and not at fp64, against which errors are taken"),
                    HasSubstr("--precision fp32 --no-errors"), HasSubstr("float32 only")));
  settings.errors = false;
  EXPECT_THAT(measure_model(model, batches, settings, to_the_end).precisions, SizeIs(1));
}

TEST(MeasuredLuck, IsMeasuredWhereRoundingAloneIsLarge) {
  // What rounding does to the sum differs with the order, at fp32 and at fp64; sin multiplies it by 10^6,
  // which at fp64 is more than rounding in a plain sum reaches, and 2^-29 of what it is at fp32.
  const ScriptModel model =
      saved(module_of("  h = x / 3. + self.b\n  s = ((h[0] + h[1]) + h[2]) + h[3]\n"
                      "  return (torch.relu(h) * torch.sin(1e6 * s) * self.c).sum()\n",
                      {1}));
  MeasureSettings settings = of_own_loss({Precision::fp32});
  settings.luck = {LuckKind::permuted};
  const std::vector<ScriptBatch> batches{{.inputs = {vector_of({0.1, 1.6, 0.8, 1.5}).view({4, 1})}}};
  const ModelResults results = measure_model(model, batches, settings, to_the_end);
  ASSERT_THAT(results.luck, SizeIs(1)) << results.not_seen.front();
  EXPECT_GT(results.precisions.at(0).luck.at(0).changes.at(0).change, 1e-4);
}

TEST(MeasuredModel, GoesOnWithoutTheReferenceWhereItsSamplesDoNotFit) {
  // As of a graph with 8 nodes: 4 of them are no smaller graph.
  const ScriptModel model =
      saved(module_of("  return (torch.relu(x + self.b) * self.c).view([8]).sum()\n", {1}));
  MeasureSettings settings = of_own_loss({Precision::fp32});
  settings.reference_mini_batches = 1;
  settings.reference_samples = 4;
  const std::vector<ScriptBatch> batches{{.inputs = {at::ones({8, 1})}}};
  const ModelResults results = measure_model(model, batches, settings, to_the_end);
  ASSERT_THAT(results.reference_gaps, SizeIs(1));
  EXPECT_THAT(results.reference_gaps[0].why,
              AllOf(HasSubstr("does not take the first 4 of 8"), HasSubstr("--reference-samples 8")));
  EXPECT_THAT(results.precisions.at(0).errors, SizeIs(1));
}

TEST(MeasuredModel, CountsKinksThatItCannotSet) {
  const ScriptModel model =
      saved(module_of("  h = x + self.b\n  return (h * (h > 0) * self.c).sum()\n", {1, 2}));
  const std::vector<ScriptBatch> batches{input({1, 2}), input({0, 2})};
  const ModelResults results = measure_model(model, batches, of_own_loss({Precision::fp32}), to_the_end);
  ASSERT_THAT(results.kinks, SizeIs(1));
  const KinkSite& site = results.kinks[0];
  EXPECT_FALSE(site.controlled);
  EXPECT_TRUE(site.located);
  EXPECT_EQ(site.counts.at(0).elements, 4);
  EXPECT_EQ(site.counts.at(0).hits(), 1);
  EXPECT_EQ(site.counts.at(0).first_hit, 1);
}

TEST(ProbedKinks, SayNothingWhereTheGradientIsNotFinite) {
  // Moved onto the kink, an input makes 0 / 0 of what follows; the slope 0 keeps that from b, 1 does not.
  const ScriptModel model =
      saved(module_of("  y = torch.relu(x + self.b)\n  return (y / y * self.c).sum()\n", {1, 2}));
  MeasureSettings settings = of_own_loss({Precision::fp32});
  settings.probe_kinks = true;
  const std::vector<ScriptBatch> batches{input({1, 2})};
  const ModelResults results = measure_model(model, batches, settings, to_the_end);
  EXPECT_THAT(results.kinks.at(0).probes, IsEmpty());
  EXPECT_THAT(results.kinks.at(0).why_not_probed, HasSubstr("is not finite where 1 is chosen"));
}

TEST(MeasuredModel, KeepsWhatItHasWhenItIsStopped) {
  const ScriptModel model = relu_model({1});
  const std::vector<ScriptBatch> batches(4, input({1}));
  const ModelResults results =
      measure_model(model, batches, of_own_loss(), [](std::int64_t done, std::int64_t of) {
        EXPECT_EQ(of, 8);
        return done < 3;
      });
  EXPECT_EQ(results.aborted, "stopped after 3 of 8 passes");
  EXPECT_EQ(results.precisions.at(0).gradients->mini_batches, 1) << "fp32";
  EXPECT_EQ(results.precisions.at(1).gradients->mini_batches, 2) << "fp64, which comes first";
}

TEST(MeasuredModel, ComparesThePairsAskedFor) {
  const ScriptModel model =
      saved(module_of("  y = torch.abs(torch.relu(x + self.b) - 1.)\n  return (y * self.c).sum()\n", {1, 1}));
  MeasureSettings settings = of_own_loss({Precision::fp32});
  settings.pairs = {{"absolute", "0.5", "-0.5"}};
  const std::vector<ScriptBatch> batches{input({0, 1})};
  const ModelResults results = measure_model(model, batches, settings, to_the_end);
  EXPECT_THAT(results.pairs, ElementsAre(settings.pairs[0], ValuePair{"relu", "0", "1"}))
      << "no kink is left out";
  EXPECT_EQ(results.precisions.at(0).comparisons.at(0).impacted, 1);
  // At x = (0, 1) with ReLU'(0) = 0: (0, 1/2) against (0, −1/2).
  EXPECT_EQ(results.precisions.at(0).comparisons.at(0).changes.at(0).change, 2);
}

TEST(MeasuredModel, NamesTheOperationThatMovesTheGradientMost) {
  // At x = 0 both meet it, the second with a hundred times the weight; the third reaches it with no gradient.
  const ScriptModel model =
      saved(module_of("  y = torch.relu(x + self.b)\n  z = 100. * torch.relu(x + self.b)\n"
                      "  u = 0. * torch.relu(x + self.b)\n  return ((x + self.b) + y + z + u).sum()\n",
                      {1}));
  const std::vector<ScriptBatch> batches{input({0})};
  const ModelResults results = measure_model(model, batches, of_own_loss({Precision::fp32}), to_the_end);
  const PairComparison& comparison = results.precisions.at(0).comparisons.at(0);
  ASSERT_TRUE(comparison.most_moving);
  EXPECT_EQ(comparison.most_moving->operation, "aten::relu");
  EXPECT_EQ(comparison.most_moving->source.line, 3);
  EXPECT_EQ(comparison.most_moving->change, 100) << "from 1 to 101";
  EXPECT_EQ(comparison.changes.at(0).change, 101) << "both";
}

TEST(ProbedKinks, ShowWhatTheChoiceWouldDoWhereNoMiniBatchMeetsThem) {
  // The nearest input to 0 is the second, which reaches the loss with weight 0; the next one is the first.
  const ScriptModel model = relu_model({2, 0, -4});
  MeasureSettings settings = of_own_loss({Precision::fp32});
  settings.probe_kinks = true;
  const std::vector<ScriptBatch> batches{input({0.5, 0.25, 3})};
  for (int again = 0; again < 2; ++again) {
    const ModelResults results = measure_model(model, batches, settings, to_the_end);
    ASSERT_THAT(results.kinks, SizeIs(1));
    EXPECT_FALSE(results.kinks[0].met()) << "what a probe meets is none of the mini-batches'";
    ASSERT_THAT(results.kinks[0].probes, SizeIs(1)) << results.kinks[0].why_not_probed;
    // From (0, 0, −4) to (2, 0, −4).
    EXPECT_EQ(results.kinks[0].probes[0].change, 0.5);
    EXPECT_EQ(results.kinks[0].probes[0].tensor, "b");
  }
  EXPECT_EQ(relu0::test::values_of(batches[0].inputs[0].toTensor()), (std::vector<double>{0.5, 0.25, 3}))
      << "the mini-batch stays as it is";
}

TEST(ProbedKinks, AreNoneWhereAMiniBatchMetThemOrTheInputIsTheModels) {
  MeasureSettings settings = of_own_loss({Precision::fp32});
  settings.probe_kinks = true;
  const std::vector<ScriptBatch> meeting{input({0, 1})};
  EXPECT_THAT(measure_model(relu_model({1, 1}), meeting, settings, to_the_end).kinks.at(0).probes, IsEmpty());
  const ScriptModel of_input =
      saved(module_of("  return (torch.relu(x) * self.b + torch.relu(self.b)).sum()\n", {1, 1}));
  const std::vector<ScriptBatch> batches{input({1, 2})};
  const ModelResults results = measure_model(of_input, batches, settings, to_the_end);
  EXPECT_THAT(results.kinks.at(0).probes, IsEmpty());
  EXPECT_THAT(results.kinks.at(0).why_not_probed, HasSubstr("no input could be moved"));
}

TEST(MeasuredModel, RefusesAPairOfAKinkThatItLacks) {
  MeasureSettings settings = of_own_loss({Precision::fp32});
  settings.pairs = {{"leaky-relu", "0", "1"}};
  const std::vector<ScriptBatch> batches{input({0, 1})};
  EXPECT_THAT(relu0::test::input_error_of([&] {
                (void)measure_model(relu_model({1, 1}), batches, settings, to_the_end);
              }),
              HasSubstr("'leaky-relu', which the model does not have: it has relu"));
}

TEST(MeasuredModel, SaysWhatItDidNotCompare) {
  const std::vector<ScriptBatch> batches{input({0, 1})};
  const auto not_seen = [&](const std::string& body) {
    return measure_model(saved(module_of(body, {1, 1})), batches, of_own_loss({Precision::fp32}), to_the_end)
        .not_seen;
  };
  EXPECT_THAT(not_seen("  t = x + self.b\n  return (t * (t.detach() > 0).float() * self.c).sum()\n"),
              Contains(HasSubstr("aten::gt")));
  EXPECT_THAT(not_seen("  self.b.data.add_(1.)\n  return (torch.relu(x + self.b) * self.c).sum()\n"),
              Contains(AllOf(HasSubstr("changes its own state"), HasSubstr("(b)"))));
  EXPECT_THAT(not_seen("  h = (x + self.b).to(5).to(x.dtype)\n  return (torch.relu(h) * self.c).sum()\n"),
              Contains(AllOf(HasSubstr("to float16 by aten::_to_copy"), HasSubstr("no error against fp64"))));
  EXPECT_THAT(not_seen("  return (torch.relu(x + self.b) * self.c).sum()\n"), IsEmpty());
}

TEST(MeasuredModel, SaysWhichParametersAreFrozen) {
  const std::vector<ScriptBatch> batches{input({0, 1})};
  torch::jit::Module module = module_of("  return (torch.relu(x + self.b) * self.c).sum()\n", {1, 1});
  module.register_parameter("kept", vector_of({1, 1}).set_requires_grad(false), /*is_buffer=*/false);
  const ScriptModel model = saved(module);
  MeasureSettings settings = of_own_loss({Precision::fp32});
  EXPECT_THAT(measure_model(model, batches, settings, to_the_end).not_seen,
              Contains(AllOf(HasSubstr("Frozen parameters"), HasSubstr("nothing was measured of kept:"))));
  settings.gradient_of = GradientOf::inputs;
  EXPECT_THAT(measure_model(model, batches, settings, to_the_end).not_seen, IsEmpty());
}

TEST(MeasuredModel, RefusesNoMiniBatches) {
  EXPECT_THAT(relu0::test::input_error_of(
                  [] { (void)measure_model(relu_model({1}), {}, of_own_loss(), to_the_end); }),
              HasSubstr("no mini-batch"));
}

TEST(MeasuredModel, TellsOtherBranchesFromRoundingInPermutedSamples) {
  // In their order the samples add up to 1, in the reverse order 1 is lost beside 2^25: the ReLU's input is
  // 0.5 or −0.5.
  const ScriptModel model =
      saved(module_of("  sum = (x[0] + x[1]) + x[2]\n  t = sum - 0.5 + x * 0. + self.b\n"
                      "  return (torch.relu(t) * self.c).sum()\n",
                      {3}));
  const double large = std::ldexp(1.0, 25);
  const std::vector<ScriptBatch> batches{{.inputs = {vector_of({large, -large, 1}).view({3, 1})}}};
  MeasureSettings settings = of_own_loss({Precision::fp32});
  settings.luck = {LuckKind::permuted, LuckKind::threads};
  const ModelResults results = measure_model(model, batches, settings, to_the_end);
  ASSERT_THAT(results.precisions.at(0).luck, SizeIs(2));
  const Luck& permuted = results.precisions[0].luck[0];
  EXPECT_FALSE(permuted.same_bits);
  EXPECT_EQ(permuted.other_branches, 3);
  ASSERT_THAT(permuted.changes, SizeIs(1));
  EXPECT_EQ(permuted.changes[0].change, 0) << "on the same branches both are 0";
  EXPECT_TRUE(results.precisions[0].luck[1].same_bits);
  EXPECT_EQ(results.precisions[0].luck[1].other_branches, 0);
}

TEST(MeasuredModel, SaysWhichInputsLieOnAnotherSideThanAtFp64) {
  // 2^−30 is lost beside 1 at fp32.
  const ScriptModel model =
      saved(module_of("  return (torch.relu(x + self.b + 1. - 1.) * self.c).sum()\n", {4, 3}));
  const std::vector<ScriptBatch> batches{input({1, 1}), input({std::ldexp(1.0, -30), 1})};
  const ModelResults results = measure_model(model, batches, of_own_loss({Precision::fp32}), to_the_end);
  const PrecisionResults& at = results.precisions.at(0);
  EXPECT_EQ(at.errors.at(0).relative_l2, 0);
  // From (4, 3) to (0, 3).
  EXPECT_EQ(at.errors[0].branch_change, 0.8);
  EXPECT_EQ(at.errors[0].branch_mini_batch, 1);
  ASSERT_THAT(at.branches, SizeIs(1));
  EXPECT_THAT(at.branches[0].operation, HasSubstr("aten::relu"));
  EXPECT_EQ(at.branches[0].elements, 2);
  EXPECT_EQ(at.branches[0].differing, 1);
}

}  // namespace
}  // namespace relu0::gate
