// One forward pass serves backward passes under any choices, and tells at which hits a choice can matter.
#include "analysis/torch/same_bits.hpp"
#include "suites/tests/analysis/torchscript/script_models.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace relu0 {
namespace {

using test::module_of;
using test::run;
using test::saved;
using test::vector_of;

ScriptChoices relu(double s) {
  ScriptChoices choices;
  choices.of_kind[ScriptKink::relu] = DerivativeChoice{.value = s};
  return choices;
}

ScriptChoices ties(TieChoice choice) {
  ScriptChoices choices;
  choices.of_kind[ScriptKink::max_pool_tie] = choice;
  return choices;
}

const ScriptSettings own_loss{.loss = ScriptLoss::model};

TEST(KeptPass, GivesTheBitsOfAPassOfItsOwnUnderEveryChoice) {
  for (const Precision precision : {Precision::fp16, Precision::fp32, Precision::fp64}) {
    ScriptSettings settings = own_loss;
    settings.precision = precision;
    const ScriptModel model =
        saved(module_of("  t = torch.relu(x + self.b)\n  u = torch.relu_((t - 0.25).view([2, -1]))\n"
                        "  return (u.view([-1]) * self.c * t).sum()\n",
                        {1.5, -2, 3, 0.1}));
    const at::Tensor x = vector_of({0, 0.25, 1, -1});
    ScriptRunner runner(model, settings);
    const auto pass = runner.forward({.inputs = {x}});
    for (const ScriptChoices& choices : {relu(1), ScriptChoices{}, relu(-0.5), relu(1)}) {
      const ScriptResult ours = pass->backward(choices, GraphAfter::kept);
      const ScriptResult alone = run(model, x, choices, settings);
      EXPECT_TRUE(same_bits(ours.gradients.front().gradient, alone.gradients.front().gradient));
      EXPECT_EQ(ours.loss, alone.loss);
      ASSERT_EQ(ours.sites.size(), 2U);
      for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(ours.sites[i].hits, 1);
        EXPECT_EQ(ours.sites[i].hits_with_gradient, alone.sites[i].hits_with_gradient);
        EXPECT_EQ(ours.sites[i].choice, alone.sites[i].choice);
      }
    }
  }
}

TEST(KeptPass, RefusesABackwardPassFromAGraphThatIsGone) {
  const ScriptModel model = saved(module_of("  return (torch.relu(x + self.b) * self.c).sum()\n", {1}));
  ScriptRunner runner(model, own_loss);
  const auto pass = runner.forward({.inputs = {vector_of({1})}});
  pass->backward({}, GraphAfter::released);
  EXPECT_THROW(pass->backward({}, GraphAfter::kept), std::logic_error);
}

TEST(PairTies, AreSharedWhereOneOperandIsBroadcast) {
  // b is one number beside four: of the gradients 1, −2, 4, 8 it gets those where it is larger, and its share
  // of the tie's, 4.
  for (const char* code : {"torch.maximum(self.b, x)", "torch.clamp(x + 0. * self.b, min=self.b)"}) {
    torch::jit::Module module = module_of(
        std::string("  y = ") + code + "\n  return (y * torch.tensor([1., -2., 4., 8.])).sum()\n", {0});
    const ScriptModel model = saved(module);
    for (const double of_first : {0.0, 0.25, 1.0}) {
      ScriptChoices choices;
      choices.of_kind[ScriptKink::pair_tie] = DerivativeChoice{.value = of_first};
      const ScriptResult result = run(model, vector_of({-1, -3, 0, 2}), choices);
      const bool b_is_first = std::string(code).starts_with("torch.maximum");
      EXPECT_THAT(test::values_of(result.gradients.front().gradient),
                  testing::ElementsAre(1 - 2 + 4 * (b_is_first ? of_first : 1 - of_first)))
          << code << " " << of_first;
    }
  }
}

/// Two windows of two elements of what `before` gives.
struct Windows {
  const char* name;
  const char* before;  ///< of t, four numbers
  std::vector<double> x;
  std::int64_t ties;
  std::int64_t that_matter;
};

class TiesBehindARelu : public testing::TestWithParam<Windows> {};

TEST_P(TiesBehindARelu, MatterOnlyWhereTheGradientGoesOn) {
  const Windows& windows = GetParam();
  const ScriptModel model =
      saved(module_of(fmt::format("  t = x + self.b\n  y = {}\n"
                                  "  z = torch.max_pool2d(y.view([1, 1, -1, 2]), [1, 2])\n"
                                  "  return (z * z + 3 * z).sum() + (self.c * t).sum()\n",
                                  windows.before),
                      {1, 2, 3, 4}));
  const at::Tensor x = vector_of(windows.x);
  const ScriptResult native = run(model, x);
  const SiteCensus& pool = native.sites.back();
  ASSERT_EQ(pool.site.kink, ScriptKink::max_pool_tie);
  EXPECT_EQ(pool.hits, windows.ties);
  EXPECT_EQ(pool.hits_with_gradient, windows.ties) << "d loss / d z is 3 or more";
  EXPECT_EQ(pool.hits_that_matter, windows.that_matter);
  EXPECT_EQ(pool.hits_that_may_matter, windows.that_matter > 0);
  const bool same = same_bits(run(model, x, ties(TieChoice::first)).gradients.front().gradient,
                              run(model, x, ties(TieChoice::last)).gradients.front().gradient);
  EXPECT_TRUE(same || windows.that_matter > 0) << "a hit that was said not to matter changed the gradient";
}

INSTANTIATE_TEST_SUITE_P(
    , TiesBehindARelu,
    testing::Values(
        Windows{"OfZeros", "torch.relu(t)", {-1, -2, 1, 2}, 1, 0},
        Windows{"OfZerosInPlace", "torch.relu_(t * 1.)", {-1, -2, -3, -4}, 2, 0},
        Windows{
            "OfZerosOfSeveral", "torch.cat([torch.relu(t[:2]), torch.relu(t[2:])])", {-1, -2, -3, 4}, 1, 0},
        Windows{"OfZerosOfAPool",
                "torch.max_pool2d(torch.relu(t).view([1, 1, 4, 1]), [1, 1])",
                {-1, -2, 1, 2},
                1,
                0},
        Windows{"OfOtherNumbers", "torch.relu(t)", {-1, -2, 1, 1}, 2, 1},
        // The second window's tie lies on the ReLU's own kink.
        Windows{"OnTheKinkOfTheRelu", "torch.relu(t)", {-1, -2, 0, -1}, 2, 2},
        Windows{"OfZerosOfALeakyRelu", "torch.leaky_relu(t, 0.5)", {-2, -2, 1, 2}, 1, 1},
        Windows{"OfZerosThatWereScaled", "torch.relu(t) * 2.", {-1, -2, 1, 2}, 1, 1},
        Windows{"OfOneReluAndSomethingElse", "torch.cat([torch.relu(t[:2]), t[2:]])", {-1, -2, 1, 2}, 1, 1},
        Windows{"OfAShift", "t", {0, 0, 1, 2}, 1, 1}),
    [](const auto& named) { return named.param.name; });

}  // namespace
}  // namespace relu0
