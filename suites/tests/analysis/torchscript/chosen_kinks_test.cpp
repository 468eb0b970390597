// The chosen value is what the backward pass uses, however a kink is spelled and wherever it stands.
#include "analysis/torch/same_bits.hpp"
#include "analysis/torchscript/kinks/kink_dispatch.hpp"
#include "suites/tests/analysis/torchscript/script_models.hpp"
#include "suites/tests/input_error.hpp"

#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

namespace relu0 {
namespace {

using test::module_of;
using test::run;
using test::saved;
using test::values_of;
using test::vector_of;

/// An operator of t = x + b, and where its first kink lies.
struct Spelling {
  const char* code;
  ScriptKink kink;
  double point;
  std::size_t kinks = 1;
};

const std::vector<Spelling> spellings{
    {"torch.relu(t)", ScriptKink::relu, 0},
    {"torch.relu_(t)", ScriptKink::relu, 0},
    {"torch.clamp_min(t, 0.)", ScriptKink::relu, 0},
    {"torch.clamp_min_(t, 0.)", ScriptKink::relu, 0},
    {"torch.clamp(t, 0.)", ScriptKink::relu, 0},
    {"torch.clamp_(t, 0.)", ScriptKink::relu, 0},
    {"torch.clip(t, 0.)", ScriptKink::relu, 0},
    {"torch.threshold(t, 0., 0.)", ScriptKink::relu, 0},
    {"torch.threshold_(t, 0., 0.)", ScriptKink::relu, 0},
    {"torch.maximum(t, torch.zeros_like(t))", ScriptKink::relu, 0},
    {"torch.maximum(torch.zeros_like(t), t)", ScriptKink::relu, 0},
    {"torch.max(t, torch.zeros([1]))", ScriptKink::relu, 0},
    {"torch.clamp_min(t, torch.zeros([1]))", ScriptKink::relu, 0},
    {"torch.relu6(t)", ScriptKink::clamp_lower, 0, 2},
    {"torch.hardtanh(t, 0., 6.)", ScriptKink::clamp_lower, 0, 2},
    {"torch.hardtanh_(t, 0., 6.)", ScriptKink::clamp_lower, 0, 2},
    {"torch.clamp(t, -1., 1.)", ScriptKink::clamp_lower, -1, 2},
    {"torch.clamp_max(t, 1.)", ScriptKink::clamp_upper, 1},
    {"torch.minimum(t, torch.ones_like(t))", ScriptKink::clamp_upper, 1},
    {"torch.leaky_relu(t, 0.25)", ScriptKink::leaky_relu, 0},
    {"torch.leaky_relu_(t, 0.25)", ScriptKink::leaky_relu, 0},
    {"torch.prelu(t, torch.full([1], 0.25))", ScriptKink::leaky_relu, 0},
    {"torch.abs(t)", ScriptKink::absolute, 0},
    {"torch.abs_(t)", ScriptKink::absolute, 0},
    {"torch.absolute(t)", ScriptKink::absolute, 0},
    {"torch.softshrink(t, 1.)", ScriptKink::other_point, -1, 2},
    {"torch.hardsigmoid(t)", ScriptKink::other_point, -3, 2},
};

const std::vector<double> points{-4, -3, -1, -0.5, -0.0, 0.0, 0.5, 1, 3, 6, 7, 0.0};
const std::vector<double> weights{1, 2, -3, 4, 5, -6, 7, 8, 9, 10, -11, 0};

std::int64_t count_of(double point) { return std::count(points.begin(), points.end(), point); }

/// Where the kink stands around the operator.
struct Surrounding {
  const char* name;
  const char* body;  ///< with {} for the operator
};

const std::vector<Surrounding> surroundings{
    {"alone", "  t = x + self.b\n  y = {}\n  return (y * self.c).sum()\n"},
    {"InBranch",
     "  t = x + self.b\n  y = t\n  if bool(x.sum() > -1000.):\n    y = {}\n  return (y * self.c).sum()\n"},
    {"InLoop",
     "  y = x\n  for i in range(1):\n    t = x + self.b\n    y = {}\n  return (y * self.c).sum()\n"},
    // In place on a view of a tensor that carries the gradient.
    {"OnView",
     "  s = (x + self.b).view([2, -1])\n  t = s.view([-1])\n  y = {}\n  return (y * self.c).sum()\n"},
};

class ChosenKinks : public testing::TestWithParam<Surrounding> {};

TEST_P(ChosenKinks, GiveTheChosenDerivativeInEverySpellingAndNothingElseChanges) {
  for (const Spelling& spelling : spellings) {
    SCOPED_TRACE(spelling.code);
    const ScriptModel model =
        saved(module_of(fmt::format(fmt::runtime(GetParam().body), spelling.code), weights));
    const at::Tensor x = vector_of(points);
    const at::Tensor plain = test::plain_gradients(model, {.inputs = {x}}, ScriptLoss::model).front();
    const ScriptResult native = run(model, x);
    EXPECT_TRUE(same_bits(native.gradients.front().gradient, plain)) << "native";
    for (const double s : {0.0, 0.25, 1.0, -2.0}) {
      ScriptChoices choices;
      choices.of_kind[spelling.kink] = DerivativeChoice{.value = s};
      const ScriptResult result = run(model, x, choices);
      ASSERT_EQ(result.sites.size(), spelling.kinks);
      const SiteCensus& site = result.sites.front();
      EXPECT_EQ(site.site.kink, spelling.kink);
      EXPECT_EQ(site.site.point, spelling.point);
      EXPECT_EQ(site.elements, static_cast<std::int64_t>(points.size()));
      EXPECT_EQ(site.hits, count_of(spelling.point));
      EXPECT_TRUE(site.needs_gradient);
      EXPECT_TRUE(site.reaches_loss);
      // One zero has a weight of 0, so no gradient reaches it.
      EXPECT_EQ(site.hits_with_gradient, count_of(spelling.point) - (spelling.point == 0 ? 1 : 0));
      EXPECT_EQ(site.zeros.negative, spelling.point == 0 ? 1 : 0);
      EXPECT_EQ(result.loss, native.loss);
      std::vector<double> expected = values_of(plain);
      for (std::size_t i = 0; i < points.size(); ++i) {
        const auto hit =
            std::find_if(result.sites.begin(), result.sites.end(), [&](const SiteCensus& census) {
              return census.site.kink == spelling.kink && census.site.point == points[i];
            });
        if (hit != result.sites.end()) {
          expected[i] = s * weights[i];
        }
      }
      EXPECT_EQ(values_of(result.gradients.front().gradient), expected) << "s = " << s;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Everywhere, ChosenKinks, testing::ValuesIn(surroundings),
                         [](const auto& row) { return std::string(row.param.name); });

const char* const relu_body = "  return (torch.relu(x + self.b) * self.c).sum()\n";

ScriptChoices relu_choice(double s, Rule rule = Rule::chain_rule) {
  ScriptChoices choices;
  choices.of_kind[ScriptKink::relu] = DerivativeChoice{s, rule};
  return choices;
}

TEST(ChosenKinkRule, OfThePublishedCodeAssignsTheValue) {
  const ScriptModel model = saved(module_of(relu_body, {5, -6, 7}));
  const ScriptResult result = run(model, vector_of({0, 0, 1}), relu_choice(1, Rule::published_code));
  EXPECT_THAT(values_of(result.gradients.front().gradient), testing::ElementsAre(1, 1, 7));
}

TEST(ChosenKinkSite, VariesAloneWhileOthersAreHeld) {
  const ScriptModel model = saved(module_of(
      "  y = torch.relu(x + self.b)\n  z = torch.relu(x - self.b)\n  return ((y + 10. * z) * self.c).sum()\n",
      {1, 1}));
  const at::Tensor x = vector_of({0, 2});
  const ScriptResult native = run(model, x);
  ASSERT_EQ(native.sites.size(), 2U);
  EXPECT_NE(native.sites[0].site.id(), native.sites[1].site.id());
  ScriptChoices choices;
  choices.of_site[native.sites[1].site.id()] = DerivativeChoice{.value = 1};
  const ScriptResult result = run(model, x, choices);
  EXPECT_EQ(describe(result.sites[0].choice), "native");
  EXPECT_EQ(describe(result.sites[1].choice), "1 (chain-rule)");
  EXPECT_THAT(values_of(result.gradients.front().gradient), testing::ElementsAre(-10, 1 - 10));
}

TEST(ChosenKinkSite, OfTheSameLineInALoopIsNumbered) {
  const ScriptModel model = saved(module_of(
      "  y = x + self.b\n  for i in range(3):\n    y = torch.relu(y)\n  return (y * self.c).sum()\n", {1}));
  const ScriptResult result = run(model, vector_of({0}), relu_choice(0.5));
  ASSERT_EQ(result.sites.size(), 3U);
  EXPECT_EQ(result.sites[2].site.occurrence, 2);
  EXPECT_THAT(values_of(result.gradients.front().gradient), testing::ElementsAre(0.125));
}

TEST(ChosenKinkInPlace, KeepsWhatWasThereBeforeAndAfter) {
  // relu and then relu_ of its result, which is changed in place by LibTorch's rules (pytorch#148835).
  const ScriptModel model =
      saved(module_of("  t = (x + self.b) * 2.\n  y = torch.relu_(t)\n  z = y * 3.\n  w = "
                      "torch.clamp_min_(z, 0.)\n  return (w * self.c).sum()\n",
                      {1, 1, 1}));
  EXPECT_THAT(values_of(run(model, vector_of({0, 1, -1}), relu_choice(0.5)).gradients.front().gradient),
              testing::ElementsAre(1.5, 6, 0));
}

TEST(ChosenPairTie, GivesTheFirstItsShareAndTheSecondTheRest) {
  const ScriptModel model =
      saved(module_of("  return (torch.maximum(x + self.b, 2. * self.b) * self.c).sum()\n", {4, 8}));
  ScriptChoices choices;
  choices.of_kind[ScriptKink::pair_tie] = DerivativeChoice{.value = 0.25};
  const ScriptResult result = run(model, vector_of({0, 1}), choices);
  // d/db: 1/4 · 4 of the first and 3/4 · 4 · 2 of the second operand.
  EXPECT_THAT(values_of(result.gradients.front().gradient), testing::ElementsAre(1 + 6, 8));
  EXPECT_EQ(result.sites.front().site.kink, ScriptKink::pair_tie);
}

struct TieCase {
  const char* body;
  std::vector<double> x;
  std::vector<double> first;
  std::vector<double> last;
  std::vector<double> mean;
};

class ChosenTies : public testing::TestWithParam<TieCase> {};

TEST_P(ChosenTies, AreSharedAsChosen) {
  const TieCase& at = GetParam();
  const ScriptModel model = saved(module_of(at.body, std::vector<double>(at.x.size(), 1)));
  for (const auto& [choice, expected] :
       {std::pair{TieChoice::first, at.first}, {TieChoice::last, at.last}, {TieChoice::mean, at.mean}}) {
    ScriptChoices choices;
    choices.of_kind[ScriptKink::max_pool_tie] = choice;
    choices.of_kind[ScriptKink::reduction_tie] = choice;
    const ScriptResult result = run(model, vector_of(at.x), choices);
    EXPECT_EQ(values_of(result.gradients.front().gradient), expected) << name(choice);
    ASSERT_EQ(result.sites.size(), 1U);
    EXPECT_EQ(result.sites.front().hits, 1);
    EXPECT_EQ(result.sites.front().hits_with_gradient, 1);
  }
}

INSTANTIATE_TEST_SUITE_P(
    OfPoolsAndReductions, ChosenTies,
    testing::Values(
        TieCase{"  t = (x + self.b).view([1, 1, 2, 4])\n  return torch.max_pool2d(t, [2, 2], [2, 2]).sum()\n",
                {0, 0, 1, 2, -1, 0, 3, 2},
                {1, 0, 0, 0, 0, 0, 1, 0},
                {0, 0, 0, 0, 0, 1, 1, 0},
                {1.F / 3, 1.F / 3, 0, 0, 0, 1.F / 3, 1, 0}},
        TieCase{"  t = (x + self.b).view([1, 8])\n  return torch.max_pool1d(t, [2], [2]).sum()\n",
                {0, 1, 1, 2, 2, 2, 3, 2},
                {0, 1, 0, 1, 1, 0, 1, 0},
                {0, 1, 0, 1, 0, 1, 1, 0},
                {0, 1, 0, 1, 0.5, 0.5, 1, 0}},
        TieCase{"  return torch.max((x + self.b).view([2, 3]), 1)[0].sum()\n",
                {1, 1, 0, 1, 2, 3},
                {1, 0, 0, 0, 0, 1},
                {0, 1, 0, 0, 0, 1},
                {0.5, 0.5, 0, 0, 0, 1}},
        TieCase{"  return torch.amin((x + self.b).view([2, 3]), [0])[1:2].sum()\n",
                {1, 5, 0, 2, 5, 3},
                {0, 1, 0, 0, 0, 0},
                {0, 0, 0, 0, 1, 0},
                {0, 0.5, 0, 0, 0.5, 0}},
        TieCase{"  return torch.max(x + self.b)\n", {3, 1, 3}, {1, 0, 0}, {0, 0, 1}, {0.5, 0, 0.5}}));

TEST(KinkSelfCheck, FindsAnExecutorThatGoesAroundTheChoice) {
  const ScriptModel model =
      saved(module_of("  t = x + self.b\n  t = t * self.c\n  return (torch.relu(t) * t).sum()\n", {1, 1}));
  torch::jit::Module module = model.instance(at::kFloat);
  const torch::jit::GraphOptimizerEnabledGuard optimising(true);
  bool found = false;
  for (int call = 0; call < 4 && !found; ++call) {
    KinkRecorder recorder({}, Precision::fp32);
    at::Tensor loss;
    {
      const KinkDispatch dispatch(recorder);
      loss = module.forward({vector_of({0, 1})}).toTensor();
    }
    try {
      recorder.follow(loss);
    } catch (const std::logic_error&) {
      found = true;
    }
  }
  EXPECT_TRUE(found) << "the profiling executor replaced no backward pass: the trap of issue 11 is gone";
}

TEST(KinkSelfCheck, FindsAKinkThatNoSiteStandsFor) {
  const at::Tensor x = vector_of({0, 1}).set_requires_grad(true);
  KinkRecorder recorder({}, Precision::fp32);
  EXPECT_THROW(recorder.follow(x.relu().sum()), std::logic_error);
}

TEST(KinkDispatchScope, ChangesNothingOutsideOfIt) {
  const ScriptModel model = saved(module_of(relu_body, {5, -6}));
  ASSERT_THAT(values_of(run(model, vector_of({0, 0}), relu_choice(1)).gradients.front().gradient),
              testing::ElementsAre(5, -6));
  const at::Tensor x = vector_of({0, 0}).set_requires_grad(true);
  const auto gradient = torch::autograd::grad({x.relu().sum()}, {x});
  EXPECT_THAT(values_of(gradient.front()), testing::ElementsAre(0, 0));
}

TEST(KinkCensusOfScripts, TellsNegativeFlushedAndNanApart) {
  const ScriptModel model = saved(module_of(relu_body, {1, 1, 1, 1, 1}));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const ScriptResult result = run(model, vector_of({-0.0, 0.0, 1e-40, nan, -1e-39}), relu_choice(1));
  const SiteCensus& site = result.sites.front();
  EXPECT_EQ(site.hits, 2);
  EXPECT_EQ(site.zeros, (ZeroKinds{.negative = 1, .flushed = 2}));
  EXPECT_EQ(site.nan, 1);
}

TEST(UncontrolledOperators, AreNamedWithTheirLine) {
  const ScriptModel model =
      saved(module_of("  t = x + self.b\n  y = torch.sort(t)[0]\n  z = torch.where(t > 0., t, "
                      "torch.zeros_like(t))\n  return ((y + z) * self.c).sum()\n",
                      {1, 1}));
  const ScriptResult result = run(model, vector_of({0, 1}));
  std::vector<std::string> names;
  for (const UncontrolledOperator& seen : result.uncontrolled) {
    EXPECT_TRUE(seen.known_kink);
    EXPECT_THAT(seen.place.source, testing::MatchesRegex(".*:[0-9]+:[0-9]+"));
    names.push_back(seen.place.op);
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("aten::sort", "aten::gt"));
  EXPECT_TRUE(result.sites.empty());
}

TEST(UncontrolledOperators, AreNoStepsToo) {
  const auto of = [](const std::string& mask) {
    return run(saved(module_of("  h = x + self.b\n  return (h * (" + mask + ") * self.c).sum()\n", {1, 1})),
               vector_of({0, 1}));
  };
  const ScriptResult compared = of("h > 0");
  ASSERT_EQ(compared.uncontrolled.size(), 1U);
  EXPECT_EQ(compared.uncontrolled.front().place.op, "aten::gt");
  EXPECT_TRUE(compared.steps.empty());
  for (const char* mask : {"x > 0", "h.detach() > 0"}) {
    const ScriptResult step = of(mask);
    EXPECT_TRUE(step.uncontrolled.empty()) << mask;
    ASSERT_EQ(step.steps.size(), 1U) << mask;
    EXPECT_EQ(step.steps.front().op, "aten::gt");
  }
}

TEST(UncontrolledOperators, HaveTiesWhereAnEmbeddingBagTakesTheMaximum) {
  for (const int mode : {0, 1, 2}) {
    const ScriptResult result =
        run(saved(module_of("  y, bags, sizes, most = torch.embedding_bag(self.b.view([-1, 1]), x.to(4), "
                            "torch.zeros([1], dtype=4), False, " +
                                std::to_string(mode) + ", False)\n  return (y * self.c[0]).sum()\n",
                            {1, 1})),
            vector_of({0, 1}));
    ASSERT_EQ(result.uncontrolled.size(), mode == 2 ? 1U : 0U) << mode;
    if (mode == 2) {
      EXPECT_EQ(result.uncontrolled.front().place.op, "aten::_embedding_bag");
      EXPECT_TRUE(result.uncontrolled.front().known_kink);
    }
  }
}

TEST(ScriptChoice, ThatDoesNotFitIsRefused) {
  const ScriptModel model = saved(module_of(relu_body, {1}));
  ScriptChoices choices;
  choices.of_kind[ScriptKink::relu] = TieChoice::last;
  EXPECT_THAT(test::input_error_of([&] { run(model, vector_of({0}), choices); }),
              testing::HasSubstr("'relu' is last"));
  EXPECT_THAT(test::input_error_of([&] { run(model, vector_of({0}), relu_choice(std::nan(""))); }),
              testing::HasSubstr("finite"));
}

}  // namespace
}  // namespace relu0
