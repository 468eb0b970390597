#pragma once
#include "analysis/kernels/convolution.hpp"
#include "suites/tests/analysis/kernels/ordered_sum.hpp"

namespace relu0::kernels {

struct ConvolutionCase {
  Convolution convolution;
  ImageExtents images;
};

/// The tensors of a case; as a result, `out` is the output and the others are gradients.
template <typename T>
struct ConvolutionTensors {
  std::vector<T> x;
  std::vector<T> weight;
  std::vector<T> bias;
  std::vector<T> out;
};

struct ConvolutionSizes {
  explicit ConvolutionSizes(const ConvolutionCase& c)
      : out(output_extents(c.convolution, c.images)),
        x(static_cast<std::size_t>(c.images.images * c.convolution.in_channels * c.images.height *
                                   c.images.width)),
        weight(static_cast<std::size_t>(c.convolution.out_channels * c.convolution.in_channels /
                                        c.convolution.groups * c.convolution.window.kernel[0] *
                                        c.convolution.window.kernel[1])),
        bias(static_cast<std::size_t>(c.convolution.out_channels)),
        of_out(static_cast<std::size_t>(out.images * c.convolution.out_channels * out.height * out.width)) {}

  ImageExtents out;
  std::size_t x;
  std::size_t weight;
  std::size_t bias;
  std::size_t of_out;
};

/// `out` of the result is the output's gradient. numbers(count, seed).
template <typename T, typename Numbers>
ConvolutionTensors<T> tensors_of(const ConvolutionCase& c, const Numbers& numbers) {
  const ConvolutionSizes sizes(c);
  return {numbers(sizes.x, 1), numbers(sizes.weight, 3), numbers(sizes.bias, 5), numbers(sizes.of_out, 7)};
}

/// What the kernels give.
template <typename T>
ConvolutionTensors<T> computed(const ConvolutionCase& c, const ConvolutionTensors<T>& t,
                               const SummationOrder& order, const Execution& execution) {
  const ConvolutionSizes sizes(c);
  ConvolutionTensors<T> result{std::vector<T>(sizes.x), std::vector<T>(sizes.weight),
                               std::vector<T>(sizes.bias), std::vector<T>(sizes.of_out)};
  forward(c.convolution, c.images, t.x.data(), t.weight.data(), t.bias.data(), result.out.data(), order,
          execution);
  input_gradient(c.convolution, c.images, t.out.data(), t.weight.data(), result.x.data(), order, execution);
  weight_gradient(c.convolution, c.images, t.out.data(), t.x.data(), result.weight.data(), order, execution);
  bias_gradient(c.convolution, c.images, t.out.data(), result.bias.data(), order, execution);
  return result;
}

/// The same by the definition: nested loops over the terms in their order.
template <typename T>
ConvolutionTensors<T> expected(const ConvolutionCase& c, const ConvolutionTensors<T>& t,
                               const SummationOrder& order) {
  const auto& [kernel, stride, padding, dilation, padding_end, ceil] = c.convolution.window;
  const ConvolutionSizes sizes(c);
  const std::int64_t groups = c.convolution.groups;
  const std::int64_t ins = c.convolution.in_channels / groups;
  const std::int64_t outs = c.convolution.out_channels / groups;
  // A pixel of the input, or +0 beside it.
  const auto x_at = [&](std::int64_t n, std::int64_t channel, std::int64_t y, std::int64_t x) {
    return y < 0 || y >= c.images.height || x < 0 || x >= c.images.width
               ? T{0}
               : t.x[static_cast<std::size_t>(
                     ((n * c.convolution.in_channels + channel) * c.images.height + y) * c.images.width + x)];
  };
  const auto gradient_at = [&](std::int64_t n, std::int64_t channel, std::int64_t y, std::int64_t x) {
    return t.out[static_cast<std::size_t>(
        ((n * c.convolution.out_channels + channel) * sizes.out.height + y) * sizes.out.width + x)];
  };
  const auto weight_at = [&](std::int64_t out, std::int64_t in, std::int64_t i, std::int64_t j) {
    return t.weight[static_cast<std::size_t>(((out * ins + in) * kernel[0] + i) * kernel[1] + j)];
  };
  ConvolutionTensors<T> result;
  for (std::int64_t n = 0; n < c.images.images; ++n) {
    for (std::int64_t o = 0; o < c.convolution.out_channels; ++o) {
      for (std::int64_t y = 0; y < sizes.out.height; ++y) {
        for (std::int64_t x = 0; x < sizes.out.width; ++x) {
          std::vector<Term<T>> terms;
          for (std::int64_t in = 0; in < ins; ++in) {
            for (std::int64_t i = 0; i < kernel[0]; ++i) {
              for (std::int64_t j = 0; j < kernel[1]; ++j) {
                terms.push_back({weight_at(o, in, i, j),
                                 x_at(n, o / outs * ins + in, y * stride[0] - padding[0] + i * dilation[0],
                                      x * stride[1] - padding[1] + j * dilation[1])});
              }
            }
          }
          result.out.push_back(ordered_sum(terms, std::optional(t.bias[static_cast<std::size_t>(o)]), order));
        }
      }
    }
    for (std::int64_t in = 0; in < c.convolution.in_channels; ++in) {
      for (std::int64_t y = 0; y < c.images.height; ++y) {
        for (std::int64_t x = 0; x < c.images.width; ++x) {
          std::vector<Term<T>> terms;
          for (std::int64_t o = in / ins * outs; o < (in / ins + 1) * outs; ++o) {
            for (std::int64_t i = 0; i < kernel[0]; ++i) {
              for (std::int64_t j = 0; j < kernel[1]; ++j) {
                const std::int64_t above = y + padding[0] - i * dilation[0];
                const std::int64_t left = x + padding[1] - j * dilation[1];
                const bool made = above >= 0 && left >= 0 && above % stride[0] == 0 &&
                                  left % stride[1] == 0 && above / stride[0] < sizes.out.height &&
                                  left / stride[1] < sizes.out.width;
                terms.push_back({weight_at(o, in % ins, i, j),
                                 made ? gradient_at(n, o, above / stride[0], left / stride[1]) : T{0}});
              }
            }
          }
          result.x.push_back(ordered_sum(terms, std::optional<T>(), order));
        }
      }
    }
  }
  for (std::int64_t o = 0; o < c.convolution.out_channels; ++o) {
    for (std::int64_t in = 0; in < ins; ++in) {
      for (std::int64_t i = 0; i < kernel[0]; ++i) {
        for (std::int64_t j = 0; j < kernel[1]; ++j) {
          std::vector<Term<T>> terms;
          for (std::int64_t n = 0; n < c.images.images; ++n) {
            for (std::int64_t y = 0; y < sizes.out.height; ++y) {
              for (std::int64_t x = 0; x < sizes.out.width; ++x) {
                terms.push_back({gradient_at(n, o, y, x),
                                 x_at(n, o / outs * ins + in, y * stride[0] - padding[0] + i * dilation[0],
                                      x * stride[1] - padding[1] + j * dilation[1])});
              }
            }
          }
          result.weight.push_back(ordered_sum(terms, std::optional<T>(), order));
        }
      }
    }
    std::vector<Term<T>> terms;
    for (std::int64_t n = 0; n < c.images.images; ++n) {
      for (std::int64_t y = 0; y < sizes.out.height; ++y) {
        for (std::int64_t x = 0; x < sizes.out.width; ++x) {
          terms.push_back({gradient_at(n, o, y, x), T{1}});
        }
      }
    }
    result.bias.push_back(ordered_sum(terms, std::optional<T>(), order));
  }
  return result;
}

}  // namespace relu0::kernels
