#include "analysis/kernels/convolution.hpp"

#include "analysis/kernels/padded_images.hpp"
#include "analysis/kernels/tiles/tiled_product.hpp"
#include "analysis/kernels/winograd.hpp"

#include <array>

namespace relu0::kernels {

namespace {

/// A convolution on images of one size, with the extents that its offsets are made of.
struct Layout {
  Layout(const Convolution& convolution, const ImageExtents& extents)
      : c(convolution),
        in(extents),
        out(output_extents(convolution, extents)),
        in_channels(convolution.in_channels / convolution.groups),
        out_channels(convolution.out_channels / convolution.groups),
        taps(c.window.kernel[0] * c.window.kernel[1]) {}

  /// Extents of the padded input.
  [[nodiscard]] std::int64_t padded(std::size_t dimension) const {
    const std::int64_t extent = dimension == 0 ? in.height : in.width;
    return extent + c.window.padding[dimension] + c.window.end_padding(dimension);
  }
  /// Extents of the output's gradient, spread out by the stride, with all places that some tap of some input
  /// pixel reaches.
  [[nodiscard]] Spread reached(std::size_t dimension) const {
    const std::int64_t extent = dimension == 0 ? in.height : in.width;
    const std::int64_t beyond = c.window.span(dimension) - 1;
    return {.extent = extent + beyond,
            .first = beyond - c.window.padding[dimension],
            .step = c.window.stride[dimension]};
  }
  [[nodiscard]] std::int64_t out_plane() const { return out.height * out.width; }
  [[nodiscard]] std::int64_t in_plane() const { return in.height * in.width; }
  [[nodiscard]] std::int64_t weights_of_output() const { return in_channels * taps; }

  const Convolution& c;
  ImageExtents in;
  ImageExtents out;
  std::int64_t in_channels;   ///< of a group
  std::int64_t out_channels;  ///< of a group
  std::int64_t taps;
};

/// (image, output row, output column) in the padded input of a group: the first tap of each window.
std::vector<std::int64_t> windows(const Layout& l, std::int64_t group) {
  const std::int64_t row = l.padded(1);
  const std::int64_t plane = l.padded(0) * row;
  const std::array dimensions{Dimension{l.in.images, l.c.in_channels * plane},
                              Dimension{l.out.height, l.c.window.stride[0] * row},
                              Dimension{l.out.width, l.c.window.stride[1]}};
  return offsets(dimensions, group * l.in_channels * plane);
}

/// (channel, kernel row, kernel column): the taps of a window from its first.
std::vector<std::int64_t> taps(const Layout& l) {
  const std::int64_t row = l.padded(1);
  const std::array dimensions{Dimension{l.in_channels, l.padded(0) * row},
                              Dimension{l.c.window.kernel[0], l.c.window.dilation[0] * row},
                              Dimension{l.c.window.kernel[1], l.c.window.dilation[1]}};
  return offsets(dimensions);
}

/// (image, row, column) in images × channels × plane.
std::vector<std::int64_t> pixels(std::int64_t images, std::int64_t channels, std::int64_t plane) {
  const std::array dimensions{Dimension{images, channels * plane}, Dimension{plane, 1}};
  return offsets(dimensions);
}

std::vector<std::int64_t> from(std::int64_t first, std::int64_t count, std::int64_t stride) {
  const Dimension dimension{count, stride};
  return offsets({&dimension, 1}, first);
}

template <typename T>
PaddedImages<T> padded_input(const Layout& l, const T* x) {
  return {x,
          l.in.images * l.c.in_channels,
          l.in.height,
          l.in.width,
          {.extent = l.padded(0), .first = l.c.window.padding[0]},
          {.extent = l.padded(1), .first = l.c.window.padding[1]}};
}

template <typename T>
std::span<const T> weights(const Layout& l, const T* weight) {
  return {weight, static_cast<std::size_t>(l.c.out_channels * l.weights_of_output())};
}

/// A group's output gradient: lines are channels, terms (image, row, column).
template <typename T>
Operand<T> output_gradient(const Layout& l, const T* gradient, std::int64_t group) {
  return {.data = {gradient, static_cast<std::size_t>(l.in.images * l.c.out_channels * l.out_plane())},
          .lines = from(group * l.out_channels * l.out_plane(), l.out_channels, l.out_plane()),
          .terms = pixels(l.in.images, l.c.out_channels, l.out_plane())};
}

}  // namespace

ImageExtents output_extents(const Convolution& convolution, const ImageExtents& images) {
  const Window& window = convolution.window;
  const auto extent = [&window](std::size_t dimension, std::int64_t of_input) {
    return (of_input + window.padding[dimension] + window.end_padding(dimension) - window.span(dimension)) /
               window.stride[dimension] +
           1;
  };
  return {images.images, extent(0, images.height), extent(1, images.width)};
}

template <typename T>
void forward(const Convolution& convolution, const ImageExtents& images, const T* x, const T* weight,
             const T* bias, T* out, const SummationOrder& order, const Execution& execution) {
  if (order.winograd && winograd_fits(convolution)) {
    winograd_forward(convolution, images, x, weight, bias, out, order, execution);
    return;
  }
  const Layout l(convolution, images);
  const PaddedImages<T> padded = padded_input(l, x);
  for (std::int64_t group = 0; group < convolution.groups; ++group) {
    const std::int64_t first = group * l.out_channels;
    tiled_product<T>(
        {weights(l, weight), from(first * l.weights_of_output(), l.out_channels, l.weights_of_output()),
         offsets(l.weights_of_output(), 1)},
        {padded.data(), windows(l, group), taps(l)},
        {.values = bias == nullptr ? nullptr : bias + first, .row_stride = 1, .column_stride = 0},
        {out, from(first * l.out_plane(), l.out_channels, l.out_plane()),
         pixels(l.in.images, convolution.out_channels, l.out_plane())},
        order, execution);
  }
}

template <typename T>
void input_gradient(const Convolution& convolution, const ImageExtents& images, const T* gradient,
                    const T* weight, T* result, const SummationOrder& order, const Execution& execution) {
  if (order.winograd && winograd_fits(convolution)) {
    winograd_input_gradient(convolution, images, gradient, weight, result, order, execution);
    return;
  }
  const Layout l(convolution, images);
  const Spread rows = l.reached(0);
  const Spread columns = l.reached(1);
  const PaddedImages<T> spread(gradient, l.in.images * convolution.out_channels, l.out.height, l.out.width,
                               rows, columns);
  const std::int64_t plane = rows.extent * columns.extent;
  const auto& [kernel, stride, padding, dilation, padding_end, ceil] = convolution.window;
  const std::array taps{Dimension{l.out_channels, plane}, Dimension{kernel[0], -dilation[0] * columns.extent},
                        Dimension{kernel[1], -dilation[1]}};
  const std::array reached{Dimension{l.in.images, convolution.out_channels * plane},
                           Dimension{l.in.height, columns.extent}, Dimension{l.in.width, 1}};
  const std::array of_weight{Dimension{l.out_channels, l.weights_of_output()}, Dimension{l.taps, 1}};
  // What the first tap of an input pixel reaches.
  const std::int64_t first_tap =
      (convolution.window.span(0) - 1) * columns.extent + convolution.window.span(1) - 1;
  for (std::int64_t group = 0; group < convolution.groups; ++group) {
    const std::int64_t first = group * l.out_channels;
    tiled_product<T>({weights(l, weight), offsets(l.in_channels, l.taps),
                      offsets(of_weight, first * l.weights_of_output())},
                     {spread.data(), offsets(reached, first * plane + first_tap), offsets(taps)}, {},
                     {result, from(group * l.in_channels * l.in_plane(), l.in_channels, l.in_plane()),
                      pixels(l.in.images, convolution.in_channels, l.in_plane())},
                     order, execution);
  }
}

template <typename T>
void weight_gradient(const Convolution& convolution, const ImageExtents& images, const T* gradient,
                     const T* x, T* result, const SummationOrder& order, const Execution& execution) {
  const Layout l(convolution, images);
  const PaddedImages<T> padded = padded_input(l, x);
  for (std::int64_t group = 0; group < convolution.groups; ++group) {
    std::vector<std::int64_t> lines = taps(l);
    tiled_product<T>(
        output_gradient(l, gradient, group), {padded.data(), std::move(lines), windows(l, group)}, {},
        {result, from(group * l.out_channels * l.weights_of_output(), l.out_channels, l.weights_of_output()),
         offsets(l.weights_of_output(), 1)},
        order, execution);
  }
}

template <typename T>
void bias_gradient(const Convolution& convolution, const ImageExtents& images, const T* gradient, T* result,
                   const SummationOrder& order, const Execution& execution) {
  Convolution ungrouped = convolution;
  ungrouped.groups = 1;
  const Layout l(ungrouped, images);
  const T one = 1;
  tiled_product<T>(output_gradient(l, gradient, 0), {{&one, 1}, {0}, offsets(l.in.images * l.out_plane(), 0)},
                   {}, {result, offsets(l.out_channels, 1), {0}}, order, execution);
}

template void forward(const Convolution&, const ImageExtents&, const float*, const float*, const float*,
                      float*, const SummationOrder&, const Execution&);
template void input_gradient(const Convolution&, const ImageExtents&, const float*, const float*, float*,
                             const SummationOrder&, const Execution&);
template void weight_gradient(const Convolution&, const ImageExtents&, const float*, const float*, float*,
                              const SummationOrder&, const Execution&);
template void bias_gradient(const Convolution&, const ImageExtents&, const float*, float*,
                            const SummationOrder&, const Execution&);
template void forward(const Convolution&, const ImageExtents&, const double*, const double*, const double*,
                      double*, const SummationOrder&, const Execution&);
template void input_gradient(const Convolution&, const ImageExtents&, const double*, const double*, double*,
                             const SummationOrder&, const Execution&);
template void weight_gradient(const Convolution&, const ImageExtents&, const double*, const double*, double*,
                              const SummationOrder&, const Execution&);
template void bias_gradient(const Convolution&, const ImageExtents&, const double*, double*,
                            const SummationOrder&, const Execution&);

}  // namespace relu0::kernels
