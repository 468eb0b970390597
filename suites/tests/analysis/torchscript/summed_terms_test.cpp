// What the gradients of a pass add up, held against the terms as each operator's definition has them. Numbers
// are small integers where that is possible: sums are exact then, in any order.
#include "analysis/torchscript/summed_terms.hpp"

#include "suites/tests/analysis/torchscript/script_models.hpp"

#include <cmath>
#include <map>
#include <numeric>

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/remainder.h>
#include <ATen/ops/sqrt.h>
#include <gmock/gmock.h>
#include <torch/csrc/autograd/autograd.h>

namespace relu0 {
namespace {

using test::saved;
using test::values_of;
using ::testing::ElementsAreArray;

/// Whole numbers from −3 to 3, none of two neighbours the same.
at::Tensor whole_numbers(const std::vector<std::int64_t>& shape, int first) {
  const std::int64_t count =
      std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  return (at::remainder((at::arange(count) + first) * 5, 7) - 3).to(at::kFloat).view(shape);
}

/// A model with parameters of these values whose loss is the sum of `body` times the second input, c.
ScriptModel model_of(const std::string& body, const std::map<std::string, at::Tensor>& parameters) {
  torch::jit::Module module("model");
  for (const auto& [name, value] : parameters) {
    module.register_parameter(name, value.clone().set_requires_grad(true), /*is_buffer=*/false);
  }
  module.register_buffer("mean", at::arange(3).to(at::kFloat));
  module.register_buffer("variance", at::arange(1, 4).to(at::kFloat));
  module.define("def forward(self, x, c):\n" + body + "  return (y * c).sum()\n");
  return saved(module);
}

/// Σ |terms| by the names of the parameters; undefined where they are not known.
std::map<std::string, at::Tensor> terms_of(const ScriptModel& model, const std::vector<at::Tensor>& inputs,
                                           Precision precision = Precision::fp64) {
  ScriptRunner runner(model, {.precision = precision, .loss = ScriptLoss::model});
  const auto pass = runner.forward({.inputs = {inputs.begin(), inputs.end()}});
  const NamedGradients gradients = pass->backward({}, GraphAfter::kept).gradients;
  std::vector<std::size_t> all(gradients.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::map<std::string, at::Tensor> result;
  const NamedGradients terms = pass->summed_terms(all, {}, nullptr, GraphAfter::released);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    EXPECT_EQ(terms[i].name, gradients[i].name);
    if (terms[i].gradient.defined()) {
      EXPECT_EQ(terms[i].gradient.sizes(), gradients[i].gradient.sizes()) << terms[i].name;
      EXPECT_TRUE(gradients[i].gradient.abs().le(terms[i].gradient * 1.000001).all().item<bool>())
          << terms[i].name << ": no sum is larger than its terms";
    }
    result.emplace(terms[i].name, terms[i].gradient);
  }
  return result;
}

/// Within n roundings of binary64.
void expect_near(const at::Tensor& seen, const at::Tensor& expected, std::int64_t roundings) {
  ASSERT_TRUE(seen.defined());
  const std::vector<double> a = values_of(seen);
  const std::vector<double> b = values_of(expected);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_NEAR(a[i], b[i], std::ldexp(static_cast<double>(roundings), -52) * std::fabs(b[i])) << i;
  }
}

TEST(SummedTerms, OfLayersAreThoseOfTheirSamples) {
  const ScriptModel model =
      model_of("  h = torch.relu(torch.addmm(self.b1, x, self.w1))\n  y = torch.addmm(self.b2, h, self.w2)\n",
               {{"w1", whole_numbers({3, 4}, 0)},
                {"b1", whole_numbers({4}, 1)},
                {"w2", whole_numbers({4, 2}, 2)},
                {"b2", whole_numbers({2}, 3)}});
  const at::Tensor x = whole_numbers({5, 3}, 4);
  const at::Tensor c = whole_numbers({5, 2}, 5);
  std::map<std::string, at::Tensor> sums;
  ScriptRunner runner(model, {.precision = Precision::fp64, .loss = ScriptLoss::model});
  for (std::int64_t i = 0; i < 5; ++i) {
    for (const NamedGradient& one :
         runner.run({.inputs = {x.slice(0, i, i + 1), c.slice(0, i, i + 1)}}).gradients) {
      const at::Tensor size = one.gradient.abs();
      sums[one.name] = sums[one.name].defined() ? sums[one.name] + size : size;
    }
  }
  for (const auto& [name, terms] : terms_of(model, {x, c})) {
    ASSERT_TRUE(terms.defined()) << name;
    EXPECT_THAT(values_of(terms), ElementsAreArray(values_of(sums[name]))) << name;
  }
}

TEST(SummedTerms, OfAConvolutionAreThoseOfAbsoluteValues) {
  const at::Tensor weight = whole_numbers({3, 2, 2, 2}, 0);
  const ScriptModel model = model_of("  y = torch.conv2d(x, self.w, self.b, [1, 1], [1, 1])\n",
                                     {{"w", weight}, {"b", whole_numbers({3}, 1)}});
  const at::Tensor x = whole_numbers({2, 2, 4, 4}, 2);
  const at::Tensor c = whole_numbers({2, 3, 5, 5}, 3);
  const at::Tensor w = weight.clone().set_requires_grad(true);
  const at::Tensor y = (at::conv2d(x.abs(), w, {}, 1, 1) * c.abs()).sum();
  const at::Tensor expected = torch::autograd::grad({y}, {w}).front();
  const auto terms = terms_of(model, {x, c});
  EXPECT_THAT(values_of(terms.at("w")), ElementsAreArray(values_of(expected)));
  EXPECT_THAT(values_of(terms.at("b")), ElementsAreArray(values_of(c.abs().sum({0, 2, 3}))));
}

TEST(SummedTerms, OfABiasThatIsBroadcastAreItsGradients) {
  const ScriptModel model = model_of("  y = torch.matmul(x, self.w) + self.b\n",
                                     {{"w", whole_numbers({3, 4}, 0)}, {"b", whole_numbers({4}, 1)}});
  const at::Tensor x =
      whole_numbers({2, 5, 3}, 2);  // three dimensions: the bias is added by an operator of its own
  const at::Tensor c = whole_numbers({2, 5, 4}, 3);
  const auto terms = terms_of(model, {x, c});
  EXPECT_THAT(values_of(terms.at("b")), ElementsAreArray(values_of(c.abs().sum(at::IntArrayRef({0, 1})))));
  EXPECT_THAT(values_of(terms.at("w")),
              ElementsAreArray(values_of(x.abs().view({10, 3}).t().matmul(c.abs().view({10, 4})))));
}

TEST(SummedTerms, OfTiedUsesAreAddedUp) {
  const ScriptModel model = model_of("  y = torch.matmul(x, self.w) + torch.matmul(x + 1, -2 * self.w)\n",
                                     {{"w", whole_numbers({3, 4}, 0)}});
  const at::Tensor x = whole_numbers({5, 3}, 2);
  const at::Tensor c = whole_numbers({5, 4}, 3);
  const at::Tensor expected = x.abs().t().matmul(c.abs()) + 2 * (x + 1).abs().t().matmul(c.abs());
  EXPECT_THAT(values_of(terms_of(model, {x, c}).at("w")), ElementsAreArray(values_of(expected)));
}

TEST(SummedTerms, OfNormalisationsAreThoseOfTheirAffineParts) {
  const at::Tensor x = whole_numbers({4, 3, 2, 2}, 0);
  const at::Tensor c = whole_numbers({4, 3, 2, 2}, 1);
  const at::Tensor exact = x.to(at::kDouble);
  const std::map<std::string, at::Tensor> affine{{"w", whole_numbers({3}, 2)}, {"b", whole_numbers({3}, 3)}};
  const std::vector<std::int64_t> of_channels{1, 3, 1, 1};
  const auto expect = [&](const std::string& body, const at::Tensor& mean, const at::Tensor& variance,
                          const std::map<std::string, at::Tensor>& parameters,
                          const std::vector<std::int64_t>& over) {
    SCOPED_TRACE(body);
    const at::Tensor normalised = (exact - mean).abs() / at::sqrt(variance + 0.25);
    const auto terms = terms_of(model_of(body, parameters), {x, c});
    // A mean and a variance of up to 16 numbers, and as many products.
    constexpr std::int64_t roundings = 64;
    expect_near(terms.at("w"), (normalised * c.abs()).sum(over), roundings);
    expect_near(terms.at("b"), c.to(at::kDouble).abs().sum(over), roundings);
  };
  const std::string batch_norm = "  y = torch.batch_norm(x, self.w, self.b, self.mean, self.variance, ";
  expect(batch_norm + "True, 0.0, 0.25, False)\n", exact.mean({0, 2, 3}, true),
         exact.var({0, 2, 3}, false, true), affine, {0, 2, 3});
  expect(batch_norm + "False, 0.0, 0.25, False)\n", at::arange(3).to(at::kDouble).view(of_channels),
         at::arange(1, 4).to(at::kDouble).view(of_channels), affine, {0, 2, 3});
  expect("  y = torch.group_norm(x, 1, self.w, self.b, 0.25)\n", exact.mean({1, 2, 3}, true),
         exact.var({1, 2, 3}, false, true), affine, {0, 2, 3});
  expect("  y = torch.layer_norm(x, [2, 2], self.w, self.b, 0.25)\n", exact.mean({2, 3}, true),
         exact.var({2, 3}, false, true), {{"w", whole_numbers({2, 2}, 2)}, {"b", whole_numbers({2, 2}, 3)}},
         {0, 1});
}

TEST(SummedTerms, AreNotKnownBehindOtherOperators) {
  const ScriptModel model = model_of("  y = torch.cumsum(self.b, 0) * x\n", {{"b", whole_numbers({3}, 0)}});
  EXPECT_FALSE(terms_of(model, {whole_numbers({3}, 1), whole_numbers({3}, 2)}).at("b").defined());
}

TEST(SummedTerms, AreNotRoundedToAnEmulatedArithmetic) {
  const ScriptModel model = model_of("  y = x + self.b\n", {{"b", whole_numbers({1}, 0)}});
  // Terms that cancel pairwise. binary16 ends at 65504.
  const at::Tensor signs = at::remainder(at::arange(64), 2).mul(2).sub(1).to(at::kFloat).view({64, 1});
  const auto terms = terms_of(model, {signs, signs * 2048}, Precision::fp16);
  EXPECT_THAT(values_of(terms.at("b")), testing::ElementsAre(131072));
}

}  // namespace
}  // namespace relu0
