// DoesNotDependOnReluAtZero: what it accepts, what it says where it does not, and when it refuses to say.
#include "analysis/matchers/relu_at_zero.hpp"

#include "suites/tests/autograd/kinked_nets.hpp"
#include "suites/tests/autograd/matched.hpp"
#include "suites/tests/input_error.hpp"

#include <limits>

#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>

namespace relu0::test {
namespace {

using test::input_error_of;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const at::Tensor off_the_kink = at::tensor({1.0F, 0.5F});

TEST(DoesNotDependOnReluAtZero, AcceptsWhatMeetsNoZero) {
  OneKinkNet net;
  const Matched matched = match(net.gradients(off_the_kink), DoesNotDependOnReluAtZero());
  EXPECT_TRUE(matched.accepted) << matched.explanation;
  EXPECT_THAT(matched.explanation, HasSubstr("met no exact zero"));
  const Matched asked = match(net.gradients(off_the_kink), DoesNotDependOnReluAtZero({.least_zeros = 1}));
  EXPECT_FALSE(asked.accepted);
  EXPECT_THAT(asked.explanation, HasSubstr("met 0 exact zeros at its relus, fewer than the 1"));
}

TEST(DoesNotDependOnReluAtZero, AcceptsAZeroThatNoGradientReaches) {
  OneKinkNet net;
  {
    const c10::AutoGradMode no_gradients(false);
    net.w2[0] = 0;
  }
  // w2 = 0 stops the gradient before the kink, and +0 · s is +0 whatever s is.
  const Matched matched =
      match(net.gradients(), DoesNotDependOnReluAtZero({.values = {0, 1, 0.5}, .least_zeros = 1}));
  EXPECT_TRUE(matched.accepted) << matched.explanation;
  EXPECT_THAT(matched.explanation,
              HasSubstr("met 1 exact zero at its relus, and whose gradient is the same"));
}

TEST(DoesNotDependOnReluAtZero, ExplainsWhatDependsOnIt) {
  OneKinkNet net;
  const Matched matched = match(net.gradients(), DoesNotDependOnReluAtZero());
  EXPECT_FALSE(matched.accepted);
  EXPECT_THAT(
      matched.explanation,
      AllOf(
          HasSubstr("depends on ReLU'(0) in 2 tensors of 3:"),
          HasSubstr(
              "'w1', float32 {2, 2}: 2 of 4 elements differ, most at [0, 0]: 0 with ReLU'(0) = 0, 3 with 1; "
              "changed by 6 relative to its L2 norm, allowed: the same bits only"),
          HasSubstr("'b1', float32 {2}: 1 of 2 elements differs, most at [0]: 0 with ReLU'(0) = 0, 3 with 1"),
          HasSubstr("call 1, relu0::relu in module 'relu1', input float32 {2}: 1 element at the kink 'relu'; "
                    "this call "
                    "alone changes 2 tensors, most 'w1' by 6"),
          HasSubstr("What to do:")));
  EXPECT_THAT(matched.explanation, Not(HasSubstr("'w2'")));
}

TEST(DoesNotDependOnReluAtZero, OverrulesAModulesOwnChoice) {
  OneKinkNet net(KinkChoices{.relu = {.value = 0.5}});
  EXPECT_FALSE(match(net.gradients(), DoesNotDependOnReluAtZero()).accepted);
}

TEST(DoesNotDependOnReluAtZero, ComparesEachValueWithTheFirst) {
  OneKinkNet net;
  const Matched matched = match(net.gradients(), DoesNotDependOnReluAtZero({.values = {0.5, 0.25}}));
  EXPECT_THAT(matched.explanation, HasSubstr("1.5 with ReLU'(0) = 0.5, 0.75 with 0.25"));
}

TEST(DoesNotDependOnReluAtZero, HasASharpLimit) {
  OneKinkNet net;
  // d loss / d w1 = (3 s, 3 s, 0.5, 0.5) and d loss / d b1 = (3 s, 0.5): from s = 0 to 1/64 both change by
  // 6/64 of their norm, exactly.
  constexpr double change = 6.0 / 64;
  const auto with_limit = [&](double limit) {
    return match(net.gradients(), DoesNotDependOnReluAtZero({.values = {0, 1.0 / 64}, .relative_l2 = limit}))
        .accepted;
  };
  // Norms are sums of two equal squares under a root, off by two roundings each.
  EXPECT_TRUE(with_limit(change * (1 + 0x1p-50)));
  EXPECT_FALSE(with_limit(change * (1 - 0x1p-50)));
}

TEST(DoesNotDependOnReluAtZero, PutsRandomNumbersAndBuffersBack) {
  OneKinkNet net;
  const at::Tensor passes = net.register_buffer("passes", at::tensor({0.0F}));
  const GradientFunction gradients = gradients_of(net, [&] {
    passes.add_(1);
    return net.loss(off_the_kink) * at::rand({1}) * passes;
  });
  EXPECT_TRUE(match(gradients, DoesNotDependOnReluAtZero()).accepted);
  EXPECT_EQ(passes.item<float>(), 0);
}

TEST(DoesNotDependOnReluAtZero, AsksFunctionsThatTakeChoices) {
  const auto gradient = [](double at_zero) { return NamedGradients{{"x", at::tensor({at_zero, 1.0})}}; };
  const Matched depends =
      match(GradientFunction([&](const KinkChoices& choices) { return gradient(choices.relu.value); }),
            DoesNotDependOnReluAtZero());
  EXPECT_FALSE(depends.accepted);
  EXPECT_THAT(depends.explanation, HasSubstr("'x', float64 {2}: 1 of 2 elements differs"));
  EXPECT_TRUE(match(GradientFunction([&](const KinkChoices& /*choices*/) { return gradient(0); }),
                    DoesNotDependOnReluAtZero())
                  .accepted);
}

/// What the matcher refuses to judge, and so does its negation.
void expect_refused(const GradientFunction& gradients, const std::string& message) {
  EXPECT_THAT(input_error_of([&] { match(gradients, DoesNotDependOnReluAtZero()); }), HasSubstr(message));
  EXPECT_THAT(input_error_of([&] { match(gradients, Not(DoesNotDependOnReluAtZero())); }),
              HasSubstr(message));
}

TEST(DoesNotDependOnReluAtZero, RefusesWhatNoChoiceReaches) {
  OneKinkNet net;
  expect_refused(gradients_of(net, [&] { return at::dot(net.w2, net.b1); }),
                 "called none of relu0's functions");
  expect_refused(gradients_of(net, [&] { return net.loss() + net.loss_by_libtorch(); }),
                 "holds relus of LibTorch's own (1 ReluBackward0)");
}

TEST(DoesNotDependOnReluAtZero, RefusesGradientsOfWhichNothingCanBeSaid) {
  OneKinkNet net;
  int pass = 0;
  expect_refused(gradients_of(net, [&] { return net.loss(off_the_kink) * ++pass; }),
                 "not deterministic here: two passes with the same ReLU'(0) differ, first in 'w1'");
  expect_refused(gradients_of(net, [&] { return net.loss() * std::numeric_limits<float>::quiet_NaN(); }),
                 "the gradient 'w1', float32 {2, 2} is nan at [1, 0]");
  expect_refused(gradients_of(net, [&] { return net.loss(off_the_kink) * 0; }),
                 "all gradients are 0 or undefined");
  expect_refused(gradients_of(net, [&] { return net.loss().detach(); }),
                 "the loss must be a tensor of one number");
  expect_refused(gradients_of(net,
                              [&] {
                                return at::stack({net.loss(), net.loss()});
                              }),
                 "the loss must be a tensor of one number");
  net.w1.requires_grad_(false);
  net.b1.requires_grad_(false);
  net.w2.requires_grad_(false);
  const at::Tensor leaf = at::tensor({1.0F, 1.0F}).requires_grad_(true);
  expect_refused(net.gradients(leaf), "no parameter that requires a gradient");
  expect_refused(GradientFunction([](const KinkChoices& /*choices*/) {
                   return NamedGradients{{"x", at::tensor({1.0})}, {"x", at::tensor({1.0})}};
                 }),
                 "two gradients are called 'x'");
}

TEST(DoesNotDependOnReluAtZero, RefusesLimitsThatSayNothing) {
  EXPECT_THAT(input_error_of([] { DoesNotDependOnReluAtZero({.relative_l2 = 1}); }),
              HasSubstr("relative_l2 is 1; give a number of at least 0 and less than 1"));
  EXPECT_THAT(input_error_of([] { DoesNotDependOnReluAtZero({.values = {0}}); }),
              HasSubstr("two or more values"));
  EXPECT_THAT(input_error_of([] { DoesNotDependOnReluAtZero({.values = {1, 1}}); }), HasSubstr("different"));
  EXPECT_THAT(input_error_of([] {
                DoesNotDependOnReluAtZero({.values = {1, std::nan("")}});
              }),
              HasSubstr("finite"));
}

}  // namespace
}  // namespace relu0::test
