#include "analysis/kernels/winograd.hpp"

#include "suites/tests/analysis/kernels/convolution_case.hpp"

#include <array>

#include <gtest/gtest.h>

namespace relu0::kernels {
namespace {

std::vector<ConvolutionCase> winograd_cases() {
  return {
      {{.in_channels = 1, .out_channels = 1, .window = square_window(3)}, {1, 4, 4}},
      {{.in_channels = 5, .out_channels = 9, .window = square_window(3, 1, 1)}, {7, 5, 8}},
      {{.in_channels = 4, .out_channels = 6, .window = square_window(3, 1, 4), .groups = 2}, {2, 3, 5}},
      {{.in_channels = 70,
        .out_channels = 2,
        .window = {.kernel = {3, 3}, .padding = {0, 2}, .padding_end = {{1, 0}}}},
       {1, 6, 7}},
  };
}

/// What the definition in winograd.hpp says, one element at a time: correlation of d(channel, y, x) with
/// g(channel, i, j) at output pixel (y, x).
template <typename T, typename Pixels, typename Kernel>
T element(const Pixels& pixels, const Kernel& kernel, std::int64_t channels, std::int64_t y, std::int64_t x,
          std::optional<T> bias, const SummationOrder& order) {
  using Four = std::array<T, 4>;
  const auto of_input = [](const Four& v) {
    return Four{v[0] - v[2], v[1] + v[2], v[2] - v[1], v[1] - v[3]};
  };
  const auto of_kernel = [](const std::array<T, 3>& v) {
    const T outer = v[0] + v[2];
    return Four{v[0], (outer + v[1]) / 2, (outer - v[1]) / 2, v[2]};
  };
  const auto of_output = [](const Four& v) {
    const T first = v[0] + v[1];
    const T second = v[1] - v[2];
    return std::array<T, 2>{first + v[2], second - v[3]};
  };
  const std::int64_t top = y / 2 * 2;
  const std::int64_t left = x / 2 * 2;
  std::array<std::vector<Term<T>>, 16> terms;
  for (std::int64_t c = 0; c < channels; ++c) {
    std::array<Four, 4> d{};
    for (std::size_t j = 0; j < 4; ++j) {
      Four column{};
      for (std::size_t i = 0; i < 4; ++i) {
        column[i] = pixels(c, top + static_cast<std::int64_t>(i), left + static_cast<std::int64_t>(j));
      }
      column = of_input(column);
      for (std::size_t i = 0; i < 4; ++i) {
        d[i][j] = column[i];
      }
    }
    std::array<std::array<T, 3>, 4> g{};
    for (std::size_t j = 0; j < 3; ++j) {
      const auto jj = static_cast<std::int64_t>(j);
      const Four column = of_kernel({kernel(c, 0, jj), kernel(c, 1, jj), kernel(c, 2, jj)});
      for (std::size_t i = 0; i < 4; ++i) {
        g[i][j] = column[i];
      }
    }
    for (std::size_t i = 0; i < 4; ++i) {
      const Four row = of_input(d[i]);
      const Four of_g = of_kernel(g[i]);
      for (std::size_t j = 0; j < 4; ++j) {
        terms[i * 4 + j].push_back({of_g[j], row[j]});
      }
    }
  }
  std::array<Four, 2> m{};
  for (std::size_t j = 0; j < 4; ++j) {
    Four column{};
    for (std::size_t i = 0; i < 4; ++i) {
      column[i] = ordered_sum(terms[i * 4 + j], std::optional<T>(), order);
    }
    const std::array<T, 2> two = of_output(column);
    m[0][j] = two[0];
    m[1][j] = two[1];
  }
  const T result = of_output(m[static_cast<std::size_t>(y - top)])[static_cast<std::size_t>(x - left)];
  return ordered_sum<T>({}, bias ? std::optional(result + *bias) : std::optional(result), {});
}

/// Output and input gradient by the definition.
template <typename T>
ConvolutionTensors<T> by_definition(const ConvolutionCase& c, const ConvolutionTensors<T>& t,
                                    const SummationOrder& order) {
  const ConvolutionSizes sizes(c);
  const Convolution& convolution = c.convolution;
  const std::int64_t ins = convolution.in_channels / convolution.groups;
  const std::int64_t outs = convolution.out_channels / convolution.groups;
  const auto& padding = convolution.window.padding;
  const auto at = [](const std::vector<T>& tensor, std::int64_t plane, const ImageExtents& extents,
                     std::int64_t y, std::int64_t x) {
    return y < 0 || y >= extents.height || x < 0 || x >= extents.width
               ? T{0}
               : tensor[static_cast<std::size_t>((plane * extents.height + y) * extents.width + x)];
  };
  const auto weight = [&](std::int64_t o, std::int64_t in, std::int64_t i, std::int64_t j) {
    return t.weight[static_cast<std::size_t>(((o * ins + in) * 3 + i) * 3 + j)];
  };
  ConvolutionTensors<T> result;
  for (std::int64_t n = 0; n < c.images.images; ++n) {
    for (std::int64_t o = 0; o < convolution.out_channels; ++o) {
      for (std::int64_t y = 0; y < sizes.out.height; ++y) {
        for (std::int64_t x = 0; x < sizes.out.width; ++x) {
          result.out.push_back(element<T>(
              [&](std::int64_t in, std::int64_t yy, std::int64_t xx) {
                return at(t.x, n * convolution.in_channels + o / outs * ins + in, c.images, yy - padding[0],
                          xx - padding[1]);
              },
              [&](std::int64_t in, std::int64_t i, std::int64_t j) { return weight(o, in, i, j); }, ins, y, x,
              std::optional(t.bias[static_cast<std::size_t>(o)]), order));
        }
      }
    }
    for (std::int64_t in = 0; in < convolution.in_channels; ++in) {
      const std::int64_t first = in / ins * outs;
      for (std::int64_t y = 0; y < c.images.height; ++y) {
        for (std::int64_t x = 0; x < c.images.width; ++x) {
          result.x.push_back(element<T>(
              [&](std::int64_t o, std::int64_t yy, std::int64_t xx) {
                return at(t.out, n * convolution.out_channels + first + o, sizes.out, yy - 2 + padding[0],
                          xx - 2 + padding[1]);
              },
              [&](std::int64_t o, std::int64_t i, std::int64_t j) {
                return weight(first + o, in % ins, 2 - i, 2 - j);
              },
              outs, y, x, std::optional<T>(), order));
        }
      }
    }
  }
  return result;
}

template <typename T>
class PortableWinograd : public testing::Test {};
using Formats = testing::Types<float, double>;
TYPED_TEST_SUITE(PortableWinograd, Formats);

template <typename T>
void expect_definition(const ConvolutionCase& c, const ConvolutionTensors<T>& tensors,
                       const SummationOrder& order) {
  ASSERT_TRUE(winograd_fits(c.convolution));
  const ConvolutionTensors<T> truth = by_definition(c, tensors, order);
  for (const Execution& execution : executions()) {
    const ConvolutionTensors<T> result = computed(c, tensors, order, execution);
    EXPECT_FALSE(first_difference(result.out, truth.out)) << text_of(execution, order);
    EXPECT_FALSE(first_difference(result.x, truth.x)) << text_of(execution, order);
  }
}

TYPED_TEST(PortableWinograd, HasTheBitsOfItsDefinition) {
  for (const ConvolutionCase& c : winograd_cases()) {
    for (const SummationOrder& order :
         {SummationOrder{.winograd = true}, {.fma = false, .block = 3, .winograd = true}}) {
      expect_definition(
          c,
          tensors_of<TypeParam>(
              c, [](std::size_t count, std::uint64_t seed) { return clean_numbers<TypeParam>(count, seed); }),
          order);
      expect_definition(c,
                        tensors_of<TypeParam>(c,
                                              [](std::size_t count, std::uint64_t seed) {
                                                return dirty_numbers<TypeParam>(count, seed, 60);
                                              }),
                        order);
    }
  }
}

/// Both sums are of the same numbers. With u = 2^−p and |x|, |w| ≤ 1: of C channels, each product of
/// transforms is at most 4 · 9/4, and what has been rounded on its way is less than 4 + 4 (transforms) + C
/// (chain) + 4 (output) times; an output takes 9 such sums. The direct sum is of 9 C products, rounded 9 C
/// times.
TYPED_TEST(PortableWinograd, LiesWithinItsBoundOfTheDirectSum) {
  const double u = std::numeric_limits<TypeParam>::epsilon() / 2;
  for (const ConvolutionCase& c : winograd_cases()) {
    const auto tensors = tensors_of<TypeParam>(
        c, [](std::size_t count, std::uint64_t seed) { return clean_numbers<TypeParam>(count, seed); });
    const auto direct = computed(c, tensors, {}, {});
    const auto by_winograd = computed(c, tensors, {.winograd = true}, {});
    const auto bound = [u](std::int64_t channels) {
      const auto n = static_cast<double>(channels);
      // 1.01: what higher powers of u add, and twice the rounding of adding the bias.
      return 1.01 * u * ((12 + n) * 9 * 9 * n + 9 * n * 9 * n + 2 * (9 * n + 1));
    };
    const auto within = [](const std::vector<TypeParam>& a, const std::vector<TypeParam>& b, double limit) {
      double furthest = 0;
      for (std::size_t i = 0; i < a.size(); ++i) {
        furthest = std::max(furthest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
      }
      EXPECT_LE(furthest, limit);
      return furthest;
    };
    EXPECT_GT(within(by_winograd.out, direct.out, bound(c.convolution.in_channels / c.convolution.groups)),
              0);
    within(by_winograd.x, direct.x, bound(c.convolution.out_channels / c.convolution.groups));
  }
}

TEST(PortableWinogradChoice, LeavesOtherConvolutionsAsTheyAre) {
  const ConvolutionCase c{{.in_channels = 3, .out_channels = 4, .window = square_window(3, 2, 1)}, {2, 6, 7}};
  ASSERT_FALSE(winograd_fits(c.convolution));
  const auto tensors = tensors_of<float>(
      c, [](std::size_t count, std::uint64_t seed) { return clean_numbers<float>(count, seed); });
  EXPECT_FALSE(
      first_difference(computed(c, tensors, {.winograd = true}, {}).out, computed(c, tensors, {}, {}).out));
}

}  // namespace
}  // namespace relu0::kernels
