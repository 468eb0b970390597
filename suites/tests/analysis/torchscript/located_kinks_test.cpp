// Kinks and jumps at which the toolkit has no choice are counted exactly where they lie, and nowhere else.
#include "suites/tests/analysis/torchscript/script_models.hpp"

#include <cmath>
#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::module_of;
using test::run;
using test::saved;
using test::vector_of;

/// An operator of h = x + b that gives real numbers or is multiplied with h, what it is given, and how many
/// of its elements lie on a kink; hits absent: that cannot be known.
struct Located {
  const char* code;
  std::vector<double> x;
  std::optional<std::int64_t> hits;
  std::int64_t elements;
};

const std::vector<Located> located{
    {"h * (h > 0)", {-1, 0, 2, 0}, 2, 4},
    {"h * (h == 2)", {-1, 0, 2, 0}, 1, 4},
    {"h * torch.le(h, torch.tensor([-1., 1., 1., 0.]))", {-1, 0, 2, 0}, 2, 4},
    {"h * torch.sign(h)", {-1, 0, 2, 0}, 2, 4},
    {"h * torch.sgn(h)", {-1, 0, 2, -0.0}, 2, 4},
    {"h * torch.floor(h)", {-1, 0, 2, 0.5}, 3, 4},
    {"h * h.clone().floor_()", {-1, 0, 2, 0.5}, 3, 4},
    {"h * torch.ceil(h)", {-1, 0, 2, 0.5}, 3, 4},
    {"h * torch.trunc(h)", {-1, 0, 2, 0.5}, 2, 4},
    {"torch.frac(h)", {-1, 0, 2, 0.5}, 2, 4},
    {"h * torch.round(h)", {-1, 0, 2.5, -0.5}, 2, 4},
    {"h * torch.round(h, decimals=1)", {-1, 0, 2.5, -0.5}, std::nullopt, 0},
    {"torch.fmod(h, 2.)", {-4, 0, 2, 3}, 2, 4},
    {"torch.remainder(h, 2.)", {-4, 0, 2, 3}, 3, 4},
    {"h * torch.div(h, 2., rounding_mode=\"floor\")", {-4, 0, 2, 3}, 3, 4},
    {"h * torch.div(h, 2., rounding_mode=\"trunc\")", {-4, 0, 2, 3}, 2, 4},
    {"h * h.to(4)", {-1, 0, 2, 0.5}, 2, 4},
    {"h * h.to(11)", {-1, 0, 2, 0.5}, 1, 4},
    {"h * torch.zeros([4], dtype=4).copy_(h)", {-1, 0, 2, 0.5}, 2, 4},
    {"torch.atan2(h, torch.tensor([-1., 1., -1., 0.]))", {0, 0, 2, 0}, 2, 4},
    {"torch.copysign(h, torch.tensor([-1., 1., -1., 1.]))", {1, 0, 2, 3}, 1, 4},
    {"torch.hypot(h, torch.tensor([0., 0., 3., 0.]))", {1, 0, 4, 3}, 1, 4},
    {"torch.angle(h)", {1, 0, -4, 3}, 1, 4},
    {"torch.norm(h.view([2, 2]), 2, [1])", {0, 0, 4, 0}, 1, 2},
    {"torch.norm(h.view([2, 2]), 1, [1])", {0, 0, 4, 0}, 3, 4},
    {"torch.linalg_vector_norm(h.view([2, 2]), 3, [1])", {0, 0, 4, 0}, 1, 2},
    {"torch.linalg_vector_norm(h.view([2, 2]), float(\"inf\"), [1])", {0, 0, 4, 0}, std::nullopt, 0},
    {"torch.dist(h, torch.ones([4]))", {1, 1, 1, 1}, 1, 1},
    {"torch.dist(h, torch.ones([4]), 1.)", {1, 1, 0, 1}, 3, 4},
    {"torch.cdist(h.view([2, 2]), torch.zeros([1, 2]))", {0, 0, 4, 0}, 1, 2},
    {"torch.std(h.view([2, 2]), 1)", {3, 3, 4, 0}, 1, 2},
    {"torch.std_mean(h.view([2, 2]), 1)[0]", {3, 3, 4, 4}, 2, 2},
    {"torch.nan_to_num(h)", {3, 3, std::nan(""), 0}, 1, 4},
    {"torch.logit(h, 0.25)", {0.25, 0.5, 0.75, 0.1}, 2, 4},
    {"torch.softplus(h, 2., 1.)", {0.5, 1, 0, 0.5}, 2, 4},
    {"torch.smooth_l1_loss(h, torch.ones([4]), 0, 0.)", {1, 0, 2, 1}, 2, 4},
    {"torch.sort(h)[0]", {3, 1, 3, 3}, 2, 3},
    {"h[torch.argsort(h)]", {3, 1, 3, 0}, 1, 3},
    {"torch.topk(h, 2)[0]", {3, 1, 2, 2}, 1, 2},
    {"torch.topk(h, 2)[0]", {1, 1, 2, 3}, 0, 2},
    {"torch.topk(h, 2, -1, False)[0]", {1, 1, 2, 3}, 1, 2},
    {"torch.kthvalue(h, 2)[0]", {1, 1, 2, 3}, 1, 1},
    {"torch.kthvalue(h, 3)[0]", {1, 1, 2, 3}, 0, 1},
    {"torch.median(h.view([2, 2]), 1, True)[0]", {1, 1, 2, 3}, 1, 2},
    {"torch.median(h)", {1, 1, 2, 3}, 1, 1},
    {"torch.cummax(h, 0)[0]", {1, 1, 0, 1}, 2, 3},
    {"torch.cummin(h, 0)[0]", {1, 2, 0, 1}, 0, 3},
    {"h[torch.argmax(h)]", {1, 3, 0, 3}, 1, 1},
    {"h[torch.argmin(h)]", {1, 3, 0, 3}, 0, 1},
    {"torch.gather(h.view([2, 2]), 1, torch.argmax(h.view([2, 2]), 1, True))", {3, 3, 0, 3}, 1, 2},
    {"h * torch.bucketize(h, torch.tensor([0., 1.]))", {0, 3, 1, -1}, 2, 4},
    {"h * torch.searchsorted(torch.tensor([0., 1.]), h)", {0, 3, 1, -1}, 2, 4},
    {"h * torch.searchsorted(torch.tensor([[0., 1.], [2., 3.]]), h.view([2, 2])).view([4])",
     {0, 2, 1, 3},
     2,
     4},
    {"h[torch.nonzero(h).view([-1])]", {0, 2, 1, 0}, 2, 4},
    {"h * torch.logical_not(h)", {0, 2, 1, 0}, 2, 4},
    {"h * torch.logical_or(h, torch.zeros([4]))", {0, 2, 1, 3}, 1, 4},
    {"h * torch.ne(h, h + self.b)", {0, 2, 1, 3}, 4, 4},
    {"h * torch.ge(h, h.amax(0))", {2, 1, 3, 3.5}, 0, 4},
    {"h * torch.ge(h, h.amax(0))", {2, 3.5, 3, 3.5}, 2, 4},
    {"h * torch.eq(h, h)", {2, 1, 3, 3.5}, 0, 4},
    {"h * (torch.relu(h) > 0)", {-2, -1, 3, -3.5}, 0, 4},
    {"torch.view_as_complex(h.view([2, 2])).abs()", {0, 0, 1, 0}, 1, 2},
    {"torch.scatter_reduce(torch.zeros([4]), 0, torch.tensor([0, 0, 1, 1]), h, \"amax\")",
     {0, 0, 1, 0},
     std::nullopt,
     0},
};

TEST(LocatedKinks, AreCountedWhereTheyLie) {
  for (const Located& one : located) {
    const ScriptModel model = saved(module_of(
        std::string("  h = x + self.b\n  y = ") + one.code + "\n  return y.sum() + h.sum()\n", {1, 1, 1, 1}));
    const ScriptResult result = run(model, vector_of(one.x));
    ASSERT_EQ(result.uncontrolled.size(), 1U) << one.code;
    const UncontrolledOperator& seen = result.uncontrolled.front();
    EXPECT_TRUE(seen.known_kink) << one.code;
    EXPECT_EQ(seen.hits, one.hits) << one.code;
    EXPECT_EQ(seen.elements, one.elements) << one.code;
    EXPECT_TRUE(result.steps.empty()) << one.code << ": said twice";
  }
}

TEST(LocatedKinks, AreNoneUnderArgumentsThatHaveNone) {
  for (const char* code :
       {"torch.div(h, 2.)", "h.new_zeros([4]) + h", "h * torch.dropout(h.new_ones([4]), 0.5, True)",
        "torch.logit(h * 0.1)", "torch.softplus(h)", "torch.var(h)", "h.to(7)",
        "torch.smooth_l1_loss(h, torch.ones([4]), 0, 1.)", "torch.fft_irfft(torch.fft_rfft(h))",
        "torch.view_as_real(torch.view_as_complex(h.view([2, 2])) * 2.)",
        "torch.scatter_reduce(torch.ones([4]), 0, torch.tensor([0, 0, 1, 1]), h, \"prod\")"}) {
    const ScriptModel model = saved(
        module_of(std::string("  h = x + self.b\n  y = ") + code + "\n  return y.sum()\n", {1, 1, 1, 1}));
    const ScriptResult result = run(model, vector_of({1, 2, 3, 4}));
    EXPECT_TRUE(result.uncontrolled.empty()) << code << ": " << describe(result.uncontrolled.front().place);
    EXPECT_TRUE(result.steps.empty()) << code;
  }
}

TEST(LocatedKinks, OfAContinuousOperatorCountWhereAGradientComesToIt) {
  // As F.normalize() has it: the norm of a zero vector stands behind a clamp, which lets nothing through.
  for (const bool clamped : {true, false}) {
    const ScriptModel model = saved(
        module_of(std::string("  h = (x + self.b).view([2, 2])\n  n = torch.norm(h, 2, [1])\n") +
                      (clamped ? "  n = torch.clamp_min(n, 0.5)\n" : "") + "  return n.sum() + h.sum()\n",
                  {1, 1, 1, 1}));
    const ScriptResult result = run(model, vector_of({0, 0, 3, 4}));
    ASSERT_EQ(result.uncontrolled.size(), 1U);
    EXPECT_EQ(result.uncontrolled.front().elements, 2);
    EXPECT_EQ(result.uncontrolled.front().hits, clamped ? 0 : 1);
  }
}

TEST(LocatedKinks, AreTiesWhoseIndicesAreUsed) {
  const auto of = [](const std::string& code, const std::vector<double>& x) {
    return run(saved(module_of("  h = x + self.b\n" + code + "  return y.sum() + h.sum()\n", {1, 1, 1, 1})),
               vector_of(x))
        .uncontrolled;
  };
  const std::string values_only = "  y = torch.max(h, 0)[0]\n";
  const std::string indices = "  y = h[torch.max(h, 0)[1]]\n";
  const std::string of_pool =
      "  v, i = torch.max_pool2d_with_indices(h.view([1, 1, 1, 4]), [1, 2], [1, 2])\n  y = h[i.view([-1])]\n";
  EXPECT_TRUE(of(values_only, {1, 3, 3, 0}).empty());
  EXPECT_TRUE(of(indices, {1, 3, 2, 0}).empty()) << "no tie";
  const std::string of_a_row = "  y = torch.max_pool1d(h.view([1, 1, 4]), [2])\n";
  EXPECT_TRUE(of(of_a_row, {3, 3, 2, 0}).empty()) << "LibTorch makes a view of the indices and drops it";
  for (const auto& [code, op] :
       {std::pair(indices, "aten::max"), {of_pool, "aten::max_pool2d_with_indices"}}) {
    const std::vector<UncontrolledOperator> found = of(code, {3, 3, 2, 0});
    ASSERT_EQ(found.size(), 1U) << op;
    EXPECT_EQ(found.front().place.op, op);
    EXPECT_EQ(found.front().hits, 1);
    EXPECT_THAT(found.front().why, testing::HasSubstr("uses its indices"));
  }
}

TEST(LocatedKinks, OfComplexNumbersStandBesideThoseThatAreSet) {
  // LibTorch calls the backward passes of both by one name.
  const ScriptModel model = saved(module_of(
      "  h = x + self.b\n  return torch.abs(h).sum() + torch.view_as_complex(h.view([2, 2])).abs().sum()\n",
      {1, 1, 1, 1}));
  const ScriptResult result = run(model, vector_of({0, 0, 1, 0}));
  ASSERT_EQ(result.sites.size(), 1U);
  EXPECT_EQ(result.sites.front().hits, 3);
  ASSERT_EQ(result.uncontrolled.size(), 1U);
  EXPECT_EQ(result.uncontrolled.front().hits, 1);
}

TEST(LocatedKinks, AddUpOverTheRunsOfAPlace) {
  const ScriptModel model = saved(module_of(
      "  h = x + self.b\n  y = h\n  for i in range(3):\n    y = y + torch.floor(h - float(i) / 2.)\n"
      "  return y.sum()\n",
      {1, 1}));
  const ScriptResult result = run(model, vector_of({1, 0.5}));
  ASSERT_EQ(result.uncontrolled.size(), 1U);
  EXPECT_EQ(result.uncontrolled.front().runs, 3);
  EXPECT_EQ(result.uncontrolled.front().elements, 6);
  // One in each of (1, 0.5), (0.5, 0), (0, -0.5).
  EXPECT_EQ(result.uncontrolled.front().hits, 3);
}

TEST(ShortenedNumbers, AreSaidWithTheirPlaceAndType) {
  const ScriptModel model =
      saved(module_of("  h = x + self.b\n  y = h.to(5).to(h.dtype)\n  return (y * self.c).sum()\n", {1, 1}));
  for (const Precision precision : {Precision::fp32, Precision::fp64}) {
    const ScriptResult result =
        run(model, vector_of({1, 2}), {}, {.precision = precision, .loss = ScriptLoss::model});
    ASSERT_EQ(result.shortened.size(), 1U) << "the way back is none";
    EXPECT_EQ(result.shortened.front().type, "float16");
    EXPECT_EQ(result.shortened.front().place.op, "aten::_to_copy");
  }
  EXPECT_TRUE(run(saved(module_of("  return ((x + self.b) * self.c).sum()\n", {1})), vector_of({1}))
                  .shortened.empty());
}

/// The gradient of b is what was drawn.
TEST(RandomDraws, AreTheSameNumbersAtEveryPrecision) {
  for (const char* noise :
       {"torch.randn_like(h)", "torch.rand_like(h)", "torch.randn([40], dtype=h.dtype)",
        "torch.rand([40], dtype=h.dtype)", "torch.randn([40])", "torch.rand([40], dtype=6)",
        "torch.empty_like(h).normal_(0.5, 2.)", "torch.empty_like(h).uniform_(-1., 1.)",
        "torch.empty_like(h).exponential_()", "torch.bernoulli(torch.full_like(h, 0.5))",
        "torch.poisson(torch.full_like(h, 3.))", "torch.multinomial(torch.ones_like(h), 40)",
        "torch.randperm(40)", "torch.dropout(torch.ones_like(h), 0.5, True)"}) {
    const ScriptModel model = saved(module_of(
        std::string("  h = x + self.b\n  return (h * ") + noise + ").sum()\n", std::vector<double>(40, 1)));
    const at::Tensor x = vector_of(std::vector<double>(40, 1));
    const auto drawn = [&](Precision precision) {
      const ScriptResult result = run(model, x, {}, {.precision = precision, .loss = ScriptLoss::model});
      EXPECT_TRUE(result.used_random_numbers) << noise;
      return test::values_of(result.gradients.front().gradient);
    };
    const std::vector<double> at_fp32 = drawn(Precision::fp32);
    EXPECT_EQ(at_fp32, drawn(Precision::fp64)) << noise;
    EXPECT_NE(at_fp32.front() + at_fp32[1] + at_fp32[2], 3 * at_fp32[3]) << noise << " drew nothing";
  }
}

}  // namespace
}  // namespace relu0
