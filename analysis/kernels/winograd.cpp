#include "analysis/kernels/winograd.hpp"

#include "analysis/kernels/padded_images.hpp"
#include "analysis/kernels/tiles/tiled_product.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

namespace relu0::kernels {

namespace {

constexpr std::int64_t window_size = 4;  // of a tile of the input, in each dimension
constexpr std::int64_t products = window_size * window_size;

/// Kernels of 3 × 3 for `rows` results of `channels` inputs: element (r, c, y, x) is data[r · row + c ·
/// channel + y · y_step + x · x_step].
template <typename T>
struct Kernels {
  const T* data;
  std::int64_t rows;
  std::int64_t channels;
  std::int64_t row;
  std::int64_t channel;
  std::int64_t y_step;
  std::int64_t x_step;
};

/// A correlation without padding: images × channels × height × width (both even) to `out_height` ×
/// `out_width` pixels, of which the last row or column of tiles may lack one.
template <typename T>
struct Correlation {
  const T* source;
  std::int64_t images;
  std::int64_t image_stride;  ///< of the source
  std::int64_t height;
  std::int64_t width;
  T* out;
  std::int64_t out_image_stride;
  std::int64_t out_height;
  std::int64_t out_width;

  [[nodiscard]] std::int64_t tile_rows() const { return (out_height + 1) / 2; }
  [[nodiscard]] std::int64_t tile_columns() const { return (out_width + 1) / 2; }
};

template <typename T>
std::array<T, 4> kernel_transform(T v0, T v1, T v2) {
  const T outer = v0 + v2;
  return {v0, (outer + v1) / 2, (outer - v1) / 2, v2};
}

/// U of all kernels: products × rows × channels.
template <typename T>
std::vector<T> transformed(const Kernels<T>& kernels) {
  std::vector<T> result(static_cast<std::size_t>(products * kernels.rows * kernels.channels));
  for (std::int64_t r = 0; r < kernels.rows; ++r) {
    for (std::int64_t c = 0; c < kernels.channels; ++c) {
      const T* g = kernels.data + r * kernels.row + c * kernels.channel;
      std::array<std::array<T, 4>, 3> columns;
      for (std::int64_t x = 0; x < 3; ++x) {
        const T* column = g + x * kernels.x_step;
        columns[static_cast<std::size_t>(x)] =
            kernel_transform(column[0], column[kernels.y_step], column[2 * kernels.y_step]);
      }
      for (std::size_t y = 0; y < 4; ++y) {
        const std::array<T, 4> row = kernel_transform(columns[0][y], columns[1][y], columns[2][y]);
        for (std::size_t x = 0; x < 4; ++x) {
          result[((y * 4 + x) * static_cast<std::size_t>(kernels.rows) + static_cast<std::size_t>(r)) *
                     static_cast<std::size_t>(kernels.channels) +
                 static_cast<std::size_t>(c)] = row[x];
        }
      }
    }
  }
  return result;
}

/// Bᵀ of four lines of `count` values each, in place.
template <typename T>
void input_transform(T* v0, T* v1, T* v2, T* v3, std::int64_t count) {
  for (std::int64_t t = 0; t < count; ++t) {
    const T d0 = v0[t] - v2[t];
    const T d1 = v1[t] + v2[t];
    const T d2 = v2[t] - v1[t];
    const T d3 = v1[t] - v3[t];
    v0[t] = d0;
    v1[t] = d1;
    v2[t] = d2;
    v3[t] = d3;
  }
}

template <typename T>
T canonical(T value) {
  return value == value ? value : std::numeric_limits<T>::quiet_NaN();
}

/// Tiles from one on as columns of products.
template <typename T>
class TileRange {
 public:
  TileRange(const Correlation<T>& correlation, std::int64_t first, std::int64_t count) {
    const std::int64_t of_image = correlation.tile_rows() * correlation.tile_columns();
    for (std::int64_t tile = first; tile < first + count; ++tile) {
      const std::int64_t image = tile / of_image;
      const std::int64_t y = tile % of_image / correlation.tile_columns() * 2;
      const std::int64_t x = tile % correlation.tile_columns() * 2;
      places_.push_back({image * correlation.image_stride + y * correlation.width + x,
                         image * correlation.out_image_stride + y * correlation.out_width + x,
                         y + 1 < correlation.out_height, x + 1 < correlation.out_width});
    }
  }

  /// V of one channel: products × count, with 0 beyond the tiles; `lines` of `line` each.
  void read(const Correlation<T>& correlation, std::int64_t channel, std::array<T*, products> lines,
            std::int64_t width) const {
    const T* plane = correlation.source + channel * correlation.height * correlation.width;
    for (std::int64_t i = 0; i < products; ++i) {
      T* line = lines[static_cast<std::size_t>(i)];
      const std::int64_t offset = i / 4 * correlation.width + i % 4;
      for (std::size_t t = 0; t < places_.size(); ++t) {
        line[t] = plane[places_[t].source + offset];
      }
      std::fill(line + places_.size(), line + width, T{0});
    }
    for (std::size_t x = 0; x < 4; ++x) {
      input_transform(lines[x], lines[4 + x], lines[8 + x], lines[12 + x], width);
    }
    for (std::size_t y = 0; y < 4; ++y) {
      input_transform(lines[4 * y], lines[4 * y + 1], lines[4 * y + 2], lines[4 * y + 3], width);
    }
  }

  /// Y of one row of the products, from its `lines`, plus `bias`.
  void write(const Correlation<T>& correlation, std::int64_t row, const std::array<const T*, products>& lines,
             const T* bias) const {
    T* plane = correlation.out + row * correlation.out_height * correlation.out_width;
    for (std::size_t t = 0; t < places_.size(); ++t) {
      std::array<std::array<T, 4>, 2> columns;
      for (std::size_t x = 0; x < 4; ++x) {
        columns[0][x] = lines[x][t] + lines[4 + x][t] + lines[8 + x][t];
        columns[1][x] = lines[4 + x][t] - lines[8 + x][t] - lines[12 + x][t];
      }
      const Place& place = places_[t];
      for (std::size_t y = 0; y < (place.second_row ? 2 : 1); ++y) {
        const auto& [v0, v1, v2, v3] = columns[y];
        T* to = plane + place.out + static_cast<std::int64_t>(y) * correlation.out_width;
        const std::array<T, 2> pair{v0 + v1 + v2, v1 - v2 - v3};
        for (std::size_t x = 0; x < (place.second_column ? 2 : 1); ++x) {
          to[x] = canonical(bias == nullptr ? pair[x] : pair[x] + *bias);
        }
      }
    }
  }

 private:
  struct Place {
    std::int64_t source;
    std::int64_t out;
    bool second_row;
    bool second_column;
  };
  std::vector<Place> places_;
};

template <typename T>
void correlate(const Correlation<T>& correlation, const Kernels<T>& kernels, const T* bias,
               const SummationOrder& order, const Execution& execution) {
  if (order.bits != 0 || (bias != nullptr && order.bias == BiasPlace::first)) {
    throw std::invalid_argument(
        "Winograd's transforms have no p-bit arithmetic, and no bias at the beginning");
  }
  const TileArithmetic<T> arithmetic(order, execution.instruction_set);
  const std::vector<T> u = transformed(kernels);
  std::vector<PackedRows<T>> rows;
  const std::int64_t size = kernels.rows * kernels.channels;
  for (std::int64_t i = 0; i < products; ++i) {
    rows.emplace_back(Operand<T>{.data = std::span(u).subspan(static_cast<std::size_t>(i * size),
                                                              static_cast<std::size_t>(size)),
                                 .lines = offsets(kernels.rows, kernels.channels),
                                 .terms = offsets(kernels.channels, 1)},
                      arithmetic.rows());
  }
  const std::int64_t tiles = correlation.images * correlation.tile_rows() * correlation.tile_columns();
  const std::int64_t width = arithmetic.columns();
  for_each_tile_range(
      tiles, arithmetic.columns(), execution.threads, [&](std::int64_t begin, std::int64_t end) {
        AlignedArray<T> v(products * kernels.channels * width);
        std::vector<ColumnChains<T>> chains;
        for (const PackedRows<T>& of_product : rows) {
          chains.emplace_back(arithmetic, of_product);
        }
        for (std::int64_t i = begin; i < end; ++i) {
          const std::int64_t count = std::min(width, tiles - i * width);
          const TileRange<T> range(correlation, i * width, count);
          for (std::int64_t c = 0; c < kernels.channels; ++c) {
            std::array<T*, products> lines;
            for (std::int64_t p = 0; p < products; ++p) {
              lines[static_cast<std::size_t>(p)] = v.data() + (p * kernels.channels + c) * width;
            }
            range.read(correlation, c, lines, width);
          }
          for (std::size_t p = 0; p < chains.size(); ++p) {
            chains[p].start({}, width);
            chains[p].add(v.data() + static_cast<std::int64_t>(p) * kernels.channels * width,
                          kernels.channels);
            chains[p].finish({}, count);
          }
          for (std::int64_t r = 0; r < kernels.rows; ++r) {
            std::array<const T*, products> lines;
            std::transform(chains.begin(), chains.end(), lines.begin(),
                           [r](const ColumnChains<T>& of_product) { return of_product.row(r); });
            range.write(correlation, r, lines, bias == nullptr ? nullptr : bias + r);
          }
        }
      });
}

/// The extent of a source whose correlation has `out` pixels, in whole tiles.
std::int64_t source_extent(std::int64_t out) { return (out + 1) / 2 * 2 + 2; }

}  // namespace

bool winograd_fits(const Convolution& convolution) {
  const Window& window = convolution.window;
  constexpr std::array<std::int64_t, 2> three{3, 3};
  constexpr std::array<std::int64_t, 2> one{1, 1};
  return window.kernel == three && window.stride == one && window.dilation == one;
}

template <typename T>
void winograd_forward(const Convolution& convolution, const ImageExtents& images, const T* x, const T* weight,
                      const T* bias, T* out, const SummationOrder& order, const Execution& execution) {
  const ImageExtents of_out = output_extents(convolution, images);
  const Spread rows{.extent = source_extent(of_out.height), .first = convolution.window.padding[0]};
  const Spread columns{.extent = source_extent(of_out.width), .first = convolution.window.padding[1]};
  const PaddedImages<T> source(x, images.images * convolution.in_channels, images.height, images.width, rows,
                               columns);
  const std::int64_t plane = rows.extent * columns.extent;
  const std::int64_t out_plane = of_out.height * of_out.width;
  const std::int64_t in_channels = convolution.in_channels / convolution.groups;
  const std::int64_t out_channels = convolution.out_channels / convolution.groups;
  for (std::int64_t group = 0; group < convolution.groups; ++group) {
    const std::int64_t first = group * out_channels;
    correlate<T>({source.data().data() + group * in_channels * plane, images.images,
                  convolution.in_channels * plane, rows.extent, columns.extent, out + first * out_plane,
                  convolution.out_channels * out_plane, of_out.height, of_out.width},
                 {weight + first * in_channels * 9, out_channels, in_channels, in_channels * 9, 9, 3, 1},
                 bias == nullptr ? nullptr : bias + first, order, execution);
  }
}

template <typename T>
void winograd_input_gradient(const Convolution& convolution, const ImageExtents& images, const T* gradient,
                             const T* weight, T* result, const SummationOrder& order,
                             const Execution& execution) {
  const ImageExtents of_out = output_extents(convolution, images);
  const Spread rows{.extent = source_extent(images.height), .first = 2 - convolution.window.padding[0]};
  const Spread columns{.extent = source_extent(images.width), .first = 2 - convolution.window.padding[1]};
  const PaddedImages<T> source(gradient, images.images * convolution.out_channels, of_out.height,
                               of_out.width, rows, columns);
  const std::int64_t plane = rows.extent * columns.extent;
  const std::int64_t in_plane = images.height * images.width;
  const std::int64_t in_channels = convolution.in_channels / convolution.groups;
  const std::int64_t out_channels = convolution.out_channels / convolution.groups;
  for (std::int64_t group = 0; group < convolution.groups; ++group) {
    const std::int64_t first = group * out_channels;
    correlate<T>(
        {source.data().data() + first * plane, images.images, convolution.out_channels * plane, rows.extent,
         columns.extent, result + group * in_channels * in_plane, convolution.in_channels * in_plane,
         images.height, images.width},
        // Turned by 180°: from the last tap backwards.
        {weight + first * in_channels * 9 + 8, in_channels, out_channels, 9, in_channels * 9, -3, -1},
        nullptr, order, execution);
  }
}

template void winograd_forward(const Convolution&, const ImageExtents&, const float*, const float*,
                               const float*, float*, const SummationOrder&, const Execution&);
template void winograd_input_gradient(const Convolution&, const ImageExtents&, const float*, const float*,
                                      float*, const SummationOrder&, const Execution&);
template void winograd_forward(const Convolution&, const ImageExtents&, const double*, const double*,
                               const double*, double*, const SummationOrder&, const Execution&);
template void winograd_input_gradient(const Convolution&, const ImageExtents&, const double*, const double*,
                                      double*, const SummationOrder&, const Execution&);

}  // namespace relu0::kernels
