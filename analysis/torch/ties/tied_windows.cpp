#include "analysis/torch/ties/tied_windows.hpp"

#include "analysis/torch/ties/max_pool_ties.hpp"
#include "reference/arithmetic/vector_clones.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/ops/empty.h>

namespace relu0 {

namespace {

/// The outputs whose tap `tap` lies within the input, and where it lies for the first of them.
struct Reach {
  std::int64_t begin;
  std::int64_t end;
  std::int64_t input;
};

Reach reach_of(const Window& window, std::size_t dimension, std::int64_t tap, std::int64_t inputs,
               std::int64_t outputs) {
  const std::int64_t stride = window.stride[dimension];
  const std::int64_t offset = tap * window.dilation[dimension] - window.padding[dimension];
  const std::int64_t begin = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  const std::int64_t end = inputs > offset ? (inputs - offset - 1) / stride + 1 : 0;
  return {.begin = begin, .end = std::min(end, outputs), .input = begin * stride + offset};
}

/// Adds 1 to `counts` where an input of a row is the maximum of its window.
template <typename Real>
[[gnu::always_inline]] inline void count_row(const Real* x, std::int64_t stride, const Real* maxima,
                                             std::uint16_t* counts, std::int64_t outputs) {
  for (std::int64_t i = 0; i < outputs; ++i) {
    const Real element = x[i * stride];
    const bool is_maximum = element == maxima[i] || (std::isnan(element) && std::isnan(maxima[i]));
    counts[i] = static_cast<std::uint16_t>(counts[i] + (is_maximum ? 1 : 0));
  }
}

/// One plane of the image: which of its windows are tied. `columns`: the reach of each tap of a row.
struct Plane {
  const Window& window;
  std::int64_t height;
  std::int64_t width;
  std::int64_t out_height;
  std::int64_t out_width;
  const Reach* columns;
};

template <typename Real>
[[gnu::always_inline]] inline void tie_plane(const Plane& plane, const Real* x, const Real* maxima,
                                             std::uint16_t* counts, bool* tied) {
  const Window& window = plane.window;
  for (std::int64_t row = 0; row < plane.out_height; ++row) {
    std::fill(counts, counts + plane.out_width, std::uint16_t{0});
    for (std::int64_t tap = 0; tap < window.kernel[0]; ++tap) {
      const std::int64_t y = row * window.stride[0] + tap * window.dilation[0] - window.padding[0];
      if (y < 0 || y >= plane.height) {
        continue;
      }
      for (std::int64_t column = 0; column < window.kernel[1]; ++column) {
        const Reach& reach = plane.columns[column];
        if (reach.begin < reach.end) {
          count_row(x + y * plane.width + reach.input, window.stride[1],
                    maxima + row * plane.out_width + reach.begin, counts + reach.begin,
                    reach.end - reach.begin);
        }
      }
    }
    for (std::int64_t i = 0; i < plane.out_width; ++i) {
      tied[row * plane.out_width + i] = counts[i] > 1;
    }
  }
}

RELU0_VECTOR_CLONES void ties_of_plane(const Plane& plane, const float* x, const float* maxima,
                                       std::uint16_t* counts, bool* tied) {
  tie_plane(plane, x, maxima, counts, tied);
}
RELU0_VECTOR_CLONES void ties_of_plane(const Plane& plane, const double* x, const double* maxima,
                                       std::uint16_t* counts, bool* tied) {
  tie_plane(plane, x, maxima, counts, tied);
}

template <typename Real>
at::Tensor swept(const Window& window, const at::Tensor& x, const at::Tensor& output) {
  const at::Tensor images = x.contiguous();
  const at::Tensor maxima = output.contiguous();
  at::Tensor tied = at::empty(output.sizes(), output.options().dtype(at::kBool));
  std::vector<Reach> columns;
  for (std::int64_t tap = 0; tap < window.kernel[1]; ++tap) {
    columns.push_back(reach_of(window, 1, tap, x.size(3), output.size(3)));
  }
  const Plane plane{.window = window,
                    .height = x.size(2),
                    .width = x.size(3),
                    .out_height = output.size(2),
                    .out_width = output.size(3),
                    .columns = columns.data()};
  const std::int64_t inputs = plane.height * plane.width;
  const std::int64_t outputs = plane.out_height * plane.out_width;
  std::vector<std::uint16_t> counts(static_cast<std::size_t>(plane.out_width));
  for (std::int64_t i = 0; i < x.size(0) * x.size(1); ++i) {
    ties_of_plane(plane, images.data_ptr<Real>() + i * inputs, maxima.data_ptr<Real>() + i * outputs,
                  counts.data(), tied.data_ptr<bool>() + i * outputs);
  }
  return tied;
}

/// A window's counter has 16 bits.
constexpr std::int64_t most_taps = 65535;

}  // namespace

at::Tensor tied_windows(const Window& window, const at::Tensor& x, const at::Tensor& output) {
  const bool counters_suffice = window.kernel[0] <= most_taps && window.kernel[1] <= most_taps &&
                                window.kernel[0] * window.kernel[1] <= most_taps;
  if (x.is_cpu() && counters_suffice && x.scalar_type() == at::kFloat) {
    return swept<float>(window, x, output);
  }
  if (x.is_cpu() && counters_suffice && x.scalar_type() == at::kDouble) {
    return swept<double>(window, x, output);
  }
  return count_maxima(window, x, output).gt(1);
}

}  // namespace relu0
