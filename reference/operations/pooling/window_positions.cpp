#include "reference/operations/pooling/window_positions.hpp"

#include <algorithm>

namespace relu0::reference {

namespace {

/// A window in one dimension, and its extent for the area.
struct Placed {
  WindowRange range;
  std::int64_t extent;
};

std::vector<WindowPosition> all_pairs(const std::vector<Placed>& rows, const std::vector<Placed>& columns) {
  std::vector<WindowPosition> result;
  result.reserve(rows.size() * columns.size());
  for (const Placed& row : rows) {
    for (const Placed& column : columns) {
      result.push_back({row.range, column.range, row.extent * column.extent});
    }
  }
  return result;
}

std::vector<Placed> sliding_ranges(const Window& window, std::size_t dimension, std::int64_t in,
                                   std::int64_t out, bool count_padding) {
  const std::int64_t step = window.dilation[dimension];
  std::vector<Placed> result;
  for (std::int64_t i = 0; i < out; ++i) {
    const std::int64_t start = i * window.stride[dimension] - window.padding[dimension];
    const std::int64_t skipped = start < 0 ? (-start + step - 1) / step : 0;
    const std::int64_t first = start + skipped * step;
    const std::int64_t count = std::min(window.kernel[dimension] - skipped, (in - first + step - 1) / step);
    // Only means have an area, and they have no dilation.
    const std::int64_t padded_end =
        std::min(start + window.kernel[dimension], in + window.end_padding(dimension));
    result.push_back({{first, count, step}, count_padding ? padded_end - start : count});
  }
  return result;
}

std::vector<Placed> adaptive_ranges(std::int64_t in, std::int64_t out) {
  std::vector<Placed> result;
  for (std::int64_t i = 0; i < out; ++i) {
    const std::int64_t first = i * in / out;
    const std::int64_t count = ((i + 1) * in + out - 1) / out - first;
    result.push_back({{first, count}, count});
  }
  return result;
}

}  // namespace

Offsets elements_in(const WindowPosition& window, std::int64_t plane_start, std::int64_t width) {
  return offsets({{1, 0, plane_start},
                  {window.rows.count, window.rows.step * width, window.rows.first * width},
                  {window.columns.count, window.columns.step, window.columns.first}});
}

std::vector<WindowPosition> sliding_windows(const Window& window, const Shape& input, const Shape& output,
                                            bool count_padding) {
  return all_pairs(sliding_ranges(window, 0, input[1], output[1], count_padding),
                   sliding_ranges(window, 1, input[2], output[2], count_padding));
}

std::vector<WindowPosition> adaptive_windows(const Shape& input, const Shape& output) {
  return all_pairs(adaptive_ranges(input[1], output[1]), adaptive_ranges(input[2], output[2]));
}

}  // namespace relu0::reference
