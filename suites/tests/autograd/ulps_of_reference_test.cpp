// WithinUlpsOfReference, on gradients that are exact, so that errors are those put in.
#include "analysis/matchers/ulps_of_reference.hpp"

#include "fixtures/network/network_builder.hpp"
#include "fixtures/network/weights/weights_builder.hpp"
#include "suites/tests/autograd/kinked_nets.hpp"
#include "suites/tests/autograd/matched.hpp"
#include "suites/tests/input_error.hpp"

#include <ATen/ops/tensor.h>

namespace relu0::test {
namespace {

using test::input_error_of;
using ::testing::AllOf;
using ::testing::HasSubstr;

class WithinUlpsOfReferenceTest : public ::testing::Test {
 protected:
  /// OneKinkNet as a network of the toolkit's, with d loss / d output = 1 and ReLU'(0) = s.
  [[nodiscard]] reference::ReferenceGradient reference(double s) const {
    const Network network = NetworkBuilder({2}).linear(2).relu().linear(1, /*bias=*/false).without_loss();
    const Weights weights = WeightsBuilder(network)
                                .set("linear1.weight", to_doubles(net_.w1))
                                .set("linear1.bias", to_doubles(net_.b1))
                                .set("linear2.weight", to_doubles(net_.w2))
                                .build();
    return reference::vector_jacobian_product(network, weights, {1, 1}, {1},
                                              {.kinks = {.relu = {.value = s}}});
  }

  /// The net's own gradients, w2's in the shape that the network has, and an error of so many ulps in one
  /// element of d loss / d w1, 0.5.
  [[nodiscard]] NamedGradients gradients(int ulps = 0) {
    NamedGradients result = net_.gradients()();
    result[0].gradient = result[0].gradient.clone();
    result[0].gradient[1][0] = 0.5 + ulps * double{0x1p-24F};
    result[2].gradient = result[2].gradient.unsqueeze(0);
    return result;
  }

  const ReferenceNames names_{{"w1", "linear1.weight"}, {"b1", "linear1.bias"}, {"w2", "linear2.weight"}};
  OneKinkNet net_;
};

TEST_F(WithinUlpsOfReferenceTest, HasASharpLimit) {
  EXPECT_TRUE(match(gradients(), WithinUlpsOfReference(reference(0), 0.5, names_)).accepted);
  EXPECT_TRUE(match(gradients(1), WithinUlpsOfReference(reference(0), 1.5, names_)).accepted);
  EXPECT_FALSE(match(gradients(2), WithinUlpsOfReference(reference(0), 1.5, names_)).accepted);
}

TEST_F(WithinUlpsOfReferenceTest, SaysHowFarItIsOff) {
  const Matched matched = match(gradients(6), WithinUlpsOfReference(reference(0), 0.5, names_));
  EXPECT_FALSE(matched.accepted);
  EXPECT_THAT(
      matched.explanation,
      AllOf(HasSubstr(
                "'w1', float32 {2, 2}: 1 of 4 elements beyond, most at [1, 0]: 0.50000036, the truth rounds "
                "to 0.5; off by 6 ulps, allowed: 0.5"),
            HasSubstr("What to do: compare the choices at kinks first")));
  EXPECT_THAT(match(gradients(2), WithinUlpsOfReference(reference(0), 8, names_)).explanation,
              HasSubstr("off by at most 2 ulps"));
}

TEST_F(WithinUlpsOfReferenceTest, TellsAnotherChoiceAtTheKink) {
  const Matched matched = match(gradients(), WithinUlpsOfReference(reference(1), 4, names_));
  EXPECT_FALSE(matched.accepted);
  EXPECT_THAT(
      matched.explanation,
      HasSubstr("'w1', float32 {2, 2}: 2 of 4 elements beyond, most at [0, 0]: 0, the truth rounds to 3"));
}

TEST_F(WithinUlpsOfReferenceTest, RunsFunctions) {
  const GradientFunction function([this] { return gradients(); });
  EXPECT_TRUE(match(function, WithinUlpsOfReference(reference(0), 0.5, names_)).accepted);
}

TEST_F(WithinUlpsOfReferenceTest, CountsUlpsOfTheTypeThatStores) {
  NamedGradients half = gradients();
  for (NamedGradient& gradient : half) {
    gradient.gradient = gradient.gradient.to(at::kBFloat16);
  }
  EXPECT_TRUE(match(half, WithinUlpsOfReference(reference(0), 0.5, names_)).accepted);
  // The spacing of bfloat16 numbers from 1/2 on is 2^-8.
  half[0].gradient[1][0] = 0.5 + 0x1p-8;
  EXPECT_THAT(match(half, WithinUlpsOfReference(reference(0), 0.5, names_)).explanation,
              HasSubstr("off by 1 ulps"));
}

TEST_F(WithinUlpsOfReferenceTest, RefusesWhatSaysNothing) {
  const reference::ReferenceGradient truth = reference(0);
  EXPECT_THAT(input_error_of([&] { WithinUlpsOfReference(truth, -1); }), HasSubstr("the limit is -1 ulps"));
  EXPECT_THAT(input_error_of([&] { match(gradients(), WithinUlpsOfReference(truth, 0x1p25, names_)); }),
              HasSubstr("the zero gradient would pass"));
  EXPECT_THAT(input_error_of([&] { match(gradients(), WithinUlpsOfReference(truth, 1)); }),
              HasSubstr("has no parameter 'w1'"));
  EXPECT_THAT(
      input_error_of([&] { match(net_.gradients(), WithinUlpsOfReference(truth, 1, names_)); }),
      HasSubstr("'w2', float32 {2} has another shape than 'linear2.weight' of the reference, {1, 2}"));
  EXPECT_THAT(input_error_of([&] {
                match(NamedGradients{{"linear1.bias", at::Tensor()}}, WithinUlpsOfReference(truth, 1));
              }),
              HasSubstr("no gradient reaches 'linear1.bias'"));
}

}  // namespace
}  // namespace relu0::test
