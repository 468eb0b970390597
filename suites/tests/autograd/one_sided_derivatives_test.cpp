// WithinOneSidedDerivatives: mixtures of one-sided derivatives pass, other gradients do not.
#include "analysis/matchers/one_sided_derivatives.hpp"

#include "suites/tests/autograd/kinked_nets.hpp"
#include "suites/tests/autograd/matched.hpp"
#include "suites/tests/input_error.hpp"

#include <cmath>
#include <limits>

#include <ATen/ops/tensor.h>

namespace relu0::test {
namespace {

using test::input_error_of;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(WithinOneSidedDerivatives, AcceptsEveryValueBetweenThem) {
  OneKinkNet oracle;
  for (const double s : {0.0, 0.25, 1.0}) {
    OneKinkNet net(KinkChoices{.relu = {.value = s}});
    const Matched matched =
        match(net.gradients(), WithinOneSidedDerivatives(oracle.gradients(), {.ulps = 0}));
    EXPECT_TRUE(matched.accepted) << matched.explanation;
    EXPECT_THAT(
        matched.explanation,
        HasSubstr("call 1, relu0::relu in module 'relu1', input float32 {2}: 1 element at the kink 'relu'"));
  }
}

TEST(WithinOneSidedDerivatives, AcceptsLibTorchsOwnRelu) {
  OneKinkNet net;
  const NamedGradients libtorchs = gradients_of(net, [&] { return net.loss_by_libtorch(); })();
  EXPECT_TRUE(match(libtorchs, WithinOneSidedDerivatives(net.gradients(), {.ulps = 0})).accepted);
}

TEST(WithinOneSidedDerivatives, ExplainsWhatLeavesThem) {
  OneKinkNet oracle;
  OneKinkNet net(KinkChoices{.relu = {.value = 2}});
  const Matched beyond = match(net.gradients(), WithinOneSidedDerivatives(oracle.gradients()));
  EXPECT_FALSE(beyond.accepted);
  EXPECT_THAT(
      beyond.explanation,
      AllOf(
          HasSubstr(
              "'w1', float32 {2, 2}: 2 of 4 elements outside, most at [0, 0]: 6, allowed: from 0 to 3, and "),
          HasSubstr("summands) of the largest element) beyond"), HasSubstr("'b1', float32 {2}"),
          HasSubstr("What to do:")));
  // What the paper's published code assigns is no derivative: s = 1 where the gradient is 3 is between, where
  // it is −3 it is not.
  {
    const c10::AutoGradMode no_gradients(false);
    oracle.w2[0] = -3;
  }
  OneKinkNet assigned(KinkChoices{.relu = {.value = 1, .rule = Rule::published_code}});
  {
    const c10::AutoGradMode no_gradients(false);
    assigned.w2[0] = -3;
  }
  EXPECT_THAT(match(assigned.gradients(), WithinOneSidedDerivatives(oracle.gradients())).explanation,
              HasSubstr("most at [0, 0]: 1, allowed: from -3 to 0"));
}

TEST(WithinOneSidedDerivatives, SpansTheCornersOfKinksOnOnePath) {
  // d loss / d w = s1 s2, d loss / d v = s2. With s1 = 1 and s2 = 0.5 both are 0.5; all left and all right
  // are (0, 0) and (1, 1), but (0, 1) is a corner too.
  TwoKinkNet net;
  const GradientFunction oracle = gradients_of(net, [&] { return net.loss(); });
  const auto gradients = [](float w, float v) {
    return NamedGradients{{"w", at::tensor({w})}, {"v", at::tensor({v})}, {"c", at::tensor({2.0F})}};
  };
  const auto matcher = WithinOneSidedDerivatives(oracle, {.ulps = 0});
  EXPECT_TRUE(match(gradients(0.25F, 0.5F), matcher).accepted);
  EXPECT_TRUE(match(gradients(0, 1), matcher).accepted);
  EXPECT_FALSE(match(gradients(1.5F, 1), matcher).accepted);
  EXPECT_FALSE(match(gradients(-0.5F, 1), matcher).accepted);
  EXPECT_THAT(
      input_error_of([&] { match(gradients(0, 1), WithinOneSidedDerivatives(oracle, {.most_kinks = 1})); }),
      HasSubstr("meets 2 kinks of its calls"));
}

TEST(WithinOneSidedDerivatives, CoversTheKinksOfOtherFunctions) {
  TwoKinkNet net;
  const auto loss = [&] {
    return relu0::abs(net.w) + relu0::leaky_relu(net.v, 0.5) + relu0::clamp(net.c, 0, 1) + 4 * net.c;
  };
  const auto gradients = [](float w, float v, float c) {
    return NamedGradients{{"w", at::tensor({w})}, {"v", at::tensor({v})}, {"c", at::tensor({c})}};
  };
  const auto matcher = WithinOneSidedDerivatives(gradients_of(net, loss), {.ulps = 0});
  EXPECT_TRUE(match(gradients(-1, 0.5F, 4), matcher).accepted);
  EXPECT_TRUE(match(gradients(1, 1, 5), matcher).accepted);
  EXPECT_FALSE(match(gradients(-1.5F, 0.5F, 4), matcher).accepted);
  EXPECT_FALSE(match(gradients(1, 0.25F, 4), matcher).accepted);
  EXPECT_FALSE(match(gradients(1, 1, 3.5F), matcher).accepted);
}

TEST(WithinOneSidedDerivatives, HasASharpLimit) {
  OneKinkNet net;
  // The second element of d loss / d b1 is 0.5 on both sides.
  const auto with_error = [&](int ulps, double limit) {
    NamedGradients gradients = net.gradients()();
    gradients[1].gradient = gradients[1].gradient.clone();
    gradients[1].gradient[1] = 0.5 + ulps * double{0x1p-24F};
    return match(gradients, WithinOneSidedDerivatives(net.gradients(), {.ulps = limit})).accepted;
  };
  EXPECT_TRUE(with_error(0, 0));
  EXPECT_FALSE(with_error(1, 0));
  EXPECT_TRUE(with_error(1, 1));
  EXPECT_FALSE(with_error(2, 1));
  EXPECT_FALSE(with_error(-1, 0.5));
}

TEST(WithinOneSidedDerivatives, AsksFunctionsThatTakeChoices) {
  const GradientFunction oracle([](const KinkChoices& choices) {
    return NamedGradients{{"x", at::tensor({2 * choices.relu.value, 1.0})}};
  });
  const auto gradient = [](double x) { return NamedGradients{{"x", at::tensor({x, 1.0})}}; };
  EXPECT_TRUE(match(gradient(1), WithinOneSidedDerivatives(oracle, {.ulps = 0})).accepted);
  EXPECT_FALSE(match(gradient(3), WithinOneSidedDerivatives(oracle, {.ulps = 0})).accepted);
}

TEST(WithinOneSidedDerivatives, RefusesWhatSaysNothing) {
  OneKinkNet net;
  const GradientFunction oracle = net.gradients();
  EXPECT_THAT(input_error_of([&] { WithinOneSidedDerivatives(oracle, {.ulps = -1}); }),
              HasSubstr("the limit is -1 ulps"));
  EXPECT_THAT(
      input_error_of([&] { match(net.gradients(), WithinOneSidedDerivatives(oracle, {.ulps = 0x1p24})); }),
      HasSubstr("the zero gradient would pass"));
  EXPECT_THAT(
      input_error_of([&] {
        match(NamedGradients{{"w1", net.gradients()()[0].gradient}}, WithinOneSidedDerivatives(oracle));
      }),
      HasSubstr("only one has a gradient called 'b1'"));
  EXPECT_THAT(input_error_of([&] {
                NamedGradients gradients = net.gradients()();
                gradients[2].gradient = gradients[2].gradient * std::numeric_limits<float>::infinity();
                match(gradients, WithinOneSidedDerivatives(oracle));
              }),
              HasSubstr("the gradient 'w2', float32 {2} is"));
  EXPECT_THAT(input_error_of([&] {
                NamedGradients gradients = net.gradients()();
                gradients[2].gradient = gradients[2].gradient.unsqueeze(0);
                match(gradients, WithinOneSidedDerivatives(oracle));
              }),
              HasSubstr("is float32 {1, 2} in one pass and float32 {2} in another"));
}

}  // namespace
}  // namespace relu0::test
