// relu0::max_pool2d: LibTorch's own for the first of equal maxima, and the others' gradients as the analysis
// has them.
#include "analysis/autograd/max_pool.hpp"

#include "analysis/torch/same_bits.hpp"
#include "analysis/torch/ties/max_pool_ties.hpp"
#include "suites/tests/autograd/differentiated.hpp"
#include "suites/tests/input_error.hpp"

#include <limits>
#include <vector>

#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>

namespace relu0::test {
namespace {

using test::input_error_of;
using ::testing::HasSubstr;

std::vector<Window> windows() {
  return {square_window(2, 2),
          square_window(3, 1, 1),
          square_window(3, 2),
          {.kernel = {2, 3}, .stride = {1, 2}, .padding = {1, 0}},
          {.kernel = {2, 2}, .stride = {1, 1}, .dilation = {2, 3}},
          {.kernel = {3, 3}, .stride = {2, 2}, .padding = {1, 1}, .ceil = true},
          {.kernel = {3, 3}, .stride = {3, 3}, .ceil = true}};
}

/// Images of few different values, so that most windows are tied, with NaN and −∞ among them.
at::Tensor tied_images(at::ScalarType type) {
  at::Tensor x = at::arange(2 * 3 * 8 * 7, at::kLong).mul(7).remainder(11).remainder(3).sub(1).to(type);
  x = x.view({2, 3, 8, 7});
  x[0][1][2][3] = std::numeric_limits<double>::quiet_NaN();
  x[0][1][2][4] = std::numeric_limits<double>::quiet_NaN();
  x[1][2] = -std::numeric_limits<double>::infinity();
  return x;
}

/// Thirds, whose sums round, so that their order shows.
at::Tensor thirds_like(const at::Tensor& output) {
  return (at::arange(output.numel(), output.options()).remainder(17) - 8).div(3).view(output.sizes());
}

TEST(MaxPool2d, IsLibTorchsForTheFirstOfEqualMaxima) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    const at::Tensor x = tied_images(type);
    for (const Window& window : windows()) {
      const auto libtorchs = [&](const at::Tensor& t) {
        return at::max_pool2d(t, window.kernel, window.stride, window.padding, window.dilation, window.ceil);
      };
      const at::Tensor g = thirds_like(libtorchs(x));
      const Differentiated expected = differentiate(libtorchs, x, g);
      const auto expect_same = [&](const Differentiated& found) {
        EXPECT_TRUE(same_bits(found.value, expected.value));
        EXPECT_TRUE(same_bits(found.gradient, expected.gradient));
      };
      expect_same(differentiate([&](const at::Tensor& t) { return relu0::max_pool2d(t, window); }, x, g));
      expect_same(differentiate([&](const at::Tensor& t) { return relu0::max_pool2d(t, window, {}); }, x, g));
    }
  }
}

TEST(MaxPool2d, SharesAsTheAnalysisDoes) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    const at::Tensor x = tied_images(type);
    for (const Window& window : windows()) {
      for (const TieChoice choice : {TieChoice::last, TieChoice::mean}) {
        SCOPED_TRACE(name(choice));
        const at::Tensor output = relu0::max_pool2d(x, window);
        const at::Tensor g = thirds_like(output);
        const at::Tensor found =
            differentiate(
                [&](const at::Tensor& t) { return relu0::max_pool2d(t, window, {.max_pool = choice}); }, x, g)
                .gradient;
        const at::Tensor expected =
            gradient_of_ties(window, x, output, g, choice, [](at::Tensor& /*exact*/) {});
        EXPECT_TRUE(at::equal(found.nan_to_num(7, 8, 9), expected.nan_to_num(7, 8, 9))) << found << expected;
      }
    }
  }
}

TEST(MaxPool2d, TakesImagesWithoutSamples) {
  const at::Tensor x = tied_images(at::kFloat)[0];
  const auto pool = [](const at::Tensor& t) {
    return relu0::max_pool2d(t, square_window(2, 2), {.max_pool = TieChoice::last});
  };
  const at::Tensor g = thirds_like(pool(x));
  const Differentiated alone = differentiate(pool, x, g);
  const Differentiated batched = differentiate(pool, x.unsqueeze(0), g.unsqueeze(0));
  EXPECT_TRUE(same_bits(alone.value, batched.value.squeeze(0)));
  EXPECT_TRUE(same_bits(alone.gradient, batched.gradient.squeeze(0)));
}

TEST(MaxPool2d, HasSecondDerivatives) {
  // The backward pass is linear in g, g -> J g, so that what w gives g is the adjoint's: <w, J g> = <J' w,
  // g>.
  const at::Tensor x =
      at::arange(2 * 8 * 7, at::kLong).mul(7).remainder(11).remainder(3).to(at::kDouble).view({1, 2, 8, 7});
  const at::Tensor w = at::arange(x.numel(), at::kDouble).remainder(5).sub(2).view(x.sizes());
  for (const TieChoice choice : all_tie_choices) {
    // Windows of two columns, so that shares are halves and all sums exact.
    const auto pool = [&](const at::Tensor& t) {
      return relu0::max_pool2d(t, {.kernel = {1, 2}, .stride = {1, 1}}, {.max_pool = choice});
    };
    const at::Tensor g = at::arange(pool(x).numel(), at::kDouble).remainder(7).sub(3).view(pool(x).sizes());
    const TwiceDifferentiated second = differentiate_twice(pool, x, g, w);
    EXPECT_EQ((w * differentiate(pool, x, g).gradient).sum().item<double>(),
              (second.of_g * g).sum().item<double>());
    EXPECT_FALSE(second.of_x.defined() && second.of_x.ne(0).any().item<bool>());
  }
}

TEST(MaxPool2d, RefusesWhatLibTorchDoesNotDo) {
  const at::Tensor x = tied_images(at::kFloat);
  EXPECT_THAT(input_error_of([&] {
                relu0::max_pool2d(x, {.kernel = {2, 2}, .padding_end = std::array<std::int64_t, 2>{1, 0}});
              }),
              HasSubstr("the window is padded unevenly"));
  EXPECT_THAT(input_error_of([&] { relu0::max_pool2d(x[0][0], square_window(2)); }),
              HasSubstr("the input is float32 {8, 7}"));
  EXPECT_THAT(input_error_of([&] { relu0::max_pool2d(x.to(at::kLong), square_window(2)); }),
              HasSubstr("int64 {2, 3, 8, 7}"));
}

}  // namespace
}  // namespace relu0::test
