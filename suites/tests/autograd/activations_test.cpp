// relu0's activations: LibTorch's own under PyTorch's choices, bit for bit, and at their kinks what is
// chosen.
#include "analysis/autograd/activations.hpp"

#include "analysis/torch/same_bits.hpp"
#include "suites/tests/autograd/differentiated.hpp"
#include "suites/tests/input_error.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>

namespace relu0::test {
namespace {

using test::input_error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// A function of relu0's, and LibTorch's of the same name.
struct Activation {
  std::string name;
  std::function<at::Tensor(const at::Tensor&, const KinkChoices&)> chosen;
  TensorFunction unchosen;  ///< relu0's, without choices of its own
  TensorFunction libtorchs;
};

std::vector<Activation> activations() {
  return {
      {"relu", [](const at::Tensor& x, const KinkChoices& choices) { return relu0::relu(x, choices); },
       [](const at::Tensor& x) { return relu0::relu(x); }, [](const at::Tensor& x) { return at::relu(x); }},
      {"leaky_relu",
       [](const at::Tensor& x, const KinkChoices& choices) { return relu0::leaky_relu(x, 0.1, choices); },
       [](const at::Tensor& x) { return relu0::leaky_relu(x, 0.1); },
       [](const at::Tensor& x) { return at::leaky_relu(x, 0.1); }},
      {"falling leaky_relu",
       [](const at::Tensor& x, const KinkChoices& choices) { return relu0::leaky_relu(x, -2, choices); },
       [](const at::Tensor& x) { return relu0::leaky_relu(x, -2); },
       [](const at::Tensor& x) { return at::leaky_relu(x, -2); }},
      {"abs", [](const at::Tensor& x, const KinkChoices& choices) { return relu0::abs(x, choices); },
       [](const at::Tensor& x) { return relu0::abs(x); }, [](const at::Tensor& x) { return at::abs(x); }},
      {"clamp",
       [](const at::Tensor& x, const KinkChoices& choices) { return relu0::clamp(x, -0.5, 2, choices); },
       [](const at::Tensor& x) { return relu0::clamp(x, -0.5, 2); },
       [](const at::Tensor& x) { return at::clamp(x, -0.5, 2); }},
      {"clamp from below",
       [](const at::Tensor& x, const KinkChoices& choices) { return relu0::clamp(x, -0.5, {}, choices); },
       [](const at::Tensor& x) { return relu0::clamp(x, -0.5); },
       [](const at::Tensor& x) { return at::clamp(x, at::Scalar(-0.5)); }},
      {"hardtanh",
       [](const at::Tensor& x, const KinkChoices& choices) { return relu0::hardtanh(x, -0.5, 2, choices); },
       [](const at::Tensor& x) { return relu0::hardtanh(x, -0.5, 2); },
       [](const at::Tensor& x) { return at::hardtanh(x, -0.5, 2); }},
      {"relu6", [](const at::Tensor& x, const KinkChoices& choices) { return relu0::relu6(x, choices); },
       [](const at::Tensor& x) { return relu0::relu6(x); },
       [](const at::Tensor& x) { return at::hardtanh(x, 0, 6); }},
  };
}

/// PyTorch's choices by number. Where clamps and leaky_relu are given none, LibTorch's own function runs,
/// which says nothing of relu0's backward pass.
KinkChoices pytorchs(const Activation& activation) {
  const double at_ends = activation.name.starts_with("clamp") ? 1 : 0;
  return {.leaky_relu = activation.name == "leaky_relu" ? 0.1 : -2.0,
          .clamp_lower = DerivativeChoice{.value = at_ends},
          .clamp_upper = DerivativeChoice{.value = at_ends}};
}

/// Kinks, both sides of them, signed zeros, subnormal numbers of binary64, infinities and NaN.
const std::vector<double> inputs{-3,  -0.5, -0.25, -1e-310, -0.0,      0.0,      1e-310,
                                 0.5, 1,    2,     2.5,     -infinity, infinity, nan,
                                 6,   7,    -1,    0.1,     -infinity, infinity, 0.0};
const std::vector<double> gradients{1.5, -2, 3,    1.25, -0.75, 0.1,  -7, 2, 3,   -0.3, 1e-3,
                                    -5,  6,  -0.0, nan,  0.0,   -0.0, 9,  1, nan, -0.0};

/// At NaN LibTorch's hardtanh passes the gradient on or gives 0, by whether the element is in the vector part
/// of its loop; so it is given none.
at::Tensor inputs_of(const Activation& activation) {
  const at::Tensor all = at::tensor(inputs);
  return activation.name == "hardtanh" || activation.name == "relu6"
             ? all.nan_to_num(0.25, infinity, -infinity)
             : all;
}

class ActivationOfType : public ::testing::TestWithParam<at::ScalarType> {};

TEST_P(ActivationOfType, IsLibTorchsUnderPyTorchsChoices) {
  for (const Activation& activation : activations()) {
    SCOPED_TRACE(activation.name);
    const at::Tensor x = inputs_of(activation).to(GetParam());
    const at::Tensor g = at::tensor(gradients).to(GetParam());
    const Differentiated expected = differentiate(activation.libtorchs, x, g);
    const auto expect_same = [&](const TensorFunction& function) {
      const Differentiated found = differentiate(function, x, g);
      EXPECT_TRUE(same_bits(found.value, expected.value));
      EXPECT_TRUE(same_bits(found.gradient, expected.gradient)) << found.gradient << expected.gradient;
    };
    expect_same(activation.unchosen);
    expect_same([&](const at::Tensor& input) { return activation.chosen(input, {}); });
    expect_same([&](const at::Tensor& input) { return activation.chosen(input, pytorchs(activation)); });
  }
}

TEST_P(ActivationOfType, HasLibTorchsSecondDerivatives) {
  // NaN and infinities away: LibTorch multiplies some of them by 0.
  const at::Tensor x = at::tensor({-3.0, -0.5, -0.0, 0.0, 0.25, 2.0, 6.0, 7.0}).to(GetParam());
  const at::Tensor g = at::tensor({1.5, -2.0, 3.0, 0.5, -0.75, 1.0, 2.0, -1.0}).to(GetParam());
  const at::Tensor w = at::tensor({2.0, 1.0, -1.0, 4.0, 3.0, -2.0, 0.5, 1.0}).to(GetParam());
  for (const Activation& activation : activations()) {
    SCOPED_TRACE(activation.name);
    const TwiceDifferentiated expected = differentiate_twice(activation.libtorchs, x, g, w);
    const TwiceDifferentiated found = differentiate_twice(
        [&](const at::Tensor& input) { return activation.chosen(input, pytorchs(activation)); }, x, g, w);
    EXPECT_TRUE(at::equal(found.of_g, expected.of_g)) << found.of_g << expected.of_g;
    EXPECT_FALSE(found.of_x.defined() && found.of_x.ne(0).any().item<bool>());
  }
}

INSTANTIATE_TEST_SUITE_P(Types, ActivationOfType, ::testing::Values(at::kFloat, at::kDouble),
                         [](const auto& type) { return std::string(c10::toString(type.param)); });

std::vector<float> gradient_of(const TensorFunction& function, const std::vector<float>& x,
                               const std::vector<float>& g) {
  const at::Tensor gradient = differentiate(function, at::tensor(x), at::tensor(g)).gradient;
  return {gradient.data_ptr<float>(), gradient.data_ptr<float>() + gradient.numel()};
}

TEST(Activations, HaveTheChosenDerivativeAtTheKinkAlone) {
  const std::vector<float> x{-1, 0, -0.0F, 1};
  const std::vector<float> g{3, 5, 7, 9};
  EXPECT_THAT(gradient_of([](const at::Tensor& t) { return relu0::relu(t, 0.5); }, x, g),
              ElementsAre(0, 2.5F, 3.5F, 9));
  EXPECT_THAT(gradient_of([](const at::Tensor& t) { return relu0::relu(t, -1); }, x, g),
              ElementsAre(0, -5, -7, 9));
  EXPECT_THAT(gradient_of(
                  [](const at::Tensor& t) {
                    return relu0::relu(t, KinkChoices{.relu = {.value = 2, .rule = Rule::published_code}});
                  },
                  x, g),
              ElementsAre(0, 2, 2, 9));
  EXPECT_THAT(gradient_of([](const at::Tensor& t) { return relu0::abs(t, {.absolute = 0.25}); }, {-1, 0, 1},
                          {4, 4, 4}),
              ElementsAre(-4, 1, 4));
  EXPECT_THAT(gradient_of([](const at::Tensor& t) { return relu0::leaky_relu(t, 0.5, {.leaky_relu = 3}); },
                          {-1, 0, 1}, {4, 4, 4}),
              ElementsAre(2, 12, 4));
  const KinkChoices ends{.clamp_lower = DerivativeChoice{.value = 0.5},
                         .clamp_upper = DerivativeChoice{.value = 0.25}};
  EXPECT_THAT(gradient_of([&](const at::Tensor& t) { return relu0::clamp(t, 0, 1, ends); },
                          {-1, 0, 0.5, 1, 2}, {4, 4, 4, 4, 4}),
              ElementsAre(0, 2, 4, 1, 0));
  // One end is chosen, the other one stays PyTorch's: 0 for hardtanh, 1 for clamp.
  const KinkChoices lower{.clamp_lower = DerivativeChoice{.value = 0.5}};
  EXPECT_THAT(
      gradient_of([&](const at::Tensor& t) { return relu0::hardtanh(t, 0, 1, lower); }, {0, 1}, {4, 4}),
      ElementsAre(2, 0));
  EXPECT_THAT(gradient_of([&](const at::Tensor& t) { return relu0::clamp(t, 0, 1, lower); }, {0, 1}, {4, 4}),
              ElementsAre(2, 4));
}

TEST(Activations, MeetAnEndAsTheInputsTypeHoldsIt) {
  const KinkChoices upper{.clamp_upper = DerivativeChoice{.value = 0.5}};
  EXPECT_THAT(gradient_of([&](const at::Tensor& t) { return relu0::clamp(t, 0, 0.1, upper); }, {0.1F}, {4}),
              ElementsAre(2));
}

TEST(Activations, HaveSecondDerivativesByDefinition) {
  const at::Tensor x = at::tensor({-1.0, 0.0, 1.0});
  const at::Tensor g = at::tensor({3.0, 5.0, 7.0});
  const at::Tensor w = at::tensor({2.0, 4.0, 8.0});
  const TwiceDifferentiated chain =
      differentiate_twice([](const at::Tensor& t) { return relu0::relu(t, 0.5); }, x, g, w);
  EXPECT_TRUE(at::equal(chain.of_g, at::tensor({0.0, 2.0, 8.0})));
  // What Rule::published_code puts in the place of a gradient does not depend on it.
  const TwiceDifferentiated assigned = differentiate_twice(
      [](const at::Tensor& t) {
        return relu0::relu(t, KinkChoices{.relu = {.value = 0.5, .rule = Rule::published_code}});
      },
      x, g, w);
  EXPECT_TRUE(at::equal(assigned.of_g, at::tensor({0.0, 0.0, 8.0})));
}

TEST(Activations, RefuseWhatHasNoDerivative) {
  EXPECT_THAT(input_error_of([] { relu0::relu(at::Tensor(), 0.5); }),
              HasSubstr("relu0::relu: the input is an undefined"));
  EXPECT_THAT(input_error_of([] {
                relu0::relu(at::tensor({1, 2}));
              }),
              HasSubstr("relu0::relu: the input is int32 {2}, and only real numbers have a derivative"));
  EXPECT_THAT(input_error_of([] { relu0::abs(at::tensor({1}).to(at::kBool)); }),
              HasSubstr("relu0::abs: the input is bool {1}"));
  EXPECT_THAT(input_error_of([] { relu0::relu6(at::tensor({1.0}).to(at::kComplexDouble)); }),
              HasSubstr("relu0::relu6: the input is complex128 {1}"));
}

TEST(Activations, RefuseChoicesThatAreNotFinite) {
  const at::Tensor x = at::tensor({1.0F});
  EXPECT_THAT(input_error_of([&] { relu0::relu(x, nan); }),
              HasSubstr("the choice at the kink 'relu' is nan"));
  EXPECT_THAT(input_error_of([&] { relu0::abs(x, {.absolute = infinity}); }), HasSubstr("'absolute' is inf"));
  EXPECT_THAT(
      input_error_of([&] { relu0::relu(x, 1e39); }),
      HasSubstr("the choice at the kink 'relu' is 1e+39, which is not finite for an input of float32 {1}"));
  EXPECT_NO_THROW(relu0::relu(at::tensor({1.0}), 1e39));
  EXPECT_THAT(input_error_of([&] { relu0::leaky_relu(x, nan); }), HasSubstr("the slope is nan"));
  EXPECT_THAT(input_error_of([&] { relu0::clamp(x, 1, 1); }),
              HasSubstr("relu0::clamp: the lower end is 1 and the upper end 1; give a lower end below"));
  EXPECT_THAT(input_error_of([&] { relu0::hardtanh(x, nan, 1); }), HasSubstr("the lower end is nan"));
}

}  // namespace
}  // namespace relu0::test
