#include "reference/operations/pooling/window_positions.hpp"

#include <algorithm>
#include <functional>

namespace relu0::reference {

namespace {

/// [first, last) of one dimension.
struct Range {
  std::int64_t first;
  std::int64_t last;
};

std::vector<WindowPosition> all_pairs(const std::vector<Range>& rows, const std::vector<Range>& columns,
                                      const std::function<std::int64_t(const Range&, const Range&)>& area) {
  std::vector<WindowPosition> result;
  result.reserve(rows.size() * columns.size());
  for (const Range& row : rows) {
    for (const Range& column : columns) {
      result.push_back({row.first, row.last, column.first, column.last, area(row, column)});
    }
  }
  return result;
}

std::vector<Range> sliding_ranges(const Window& window, std::size_t dimension, std::int64_t in,
                                  std::int64_t out) {
  std::vector<Range> result;
  for (std::int64_t i = 0; i < out; ++i) {
    const std::int64_t start = i * window.stride[dimension] - window.padding[dimension];
    result.push_back({std::max<std::int64_t>(0, start), std::min(in, start + window.kernel[dimension])});
  }
  return result;
}

std::vector<Range> adaptive_ranges(std::int64_t in, std::int64_t out) {
  std::vector<Range> result;
  for (std::int64_t i = 0; i < out; ++i) {
    result.push_back({i * in / out, ((i + 1) * in + out - 1) / out});
  }
  return result;
}

}  // namespace

std::vector<WindowPosition> sliding_windows(const Window& window, const Shape& input, const Shape& output) {
  return all_pairs(
      sliding_ranges(window, 0, input[1], output[1]), sliding_ranges(window, 1, input[2], output[2]),
      [&](const Range& /*row*/, const Range& /*column*/) { return window.kernel[0] * window.kernel[1]; });
}

std::vector<WindowPosition> adaptive_windows(const Shape& input, const Shape& output) {
  return all_pairs(adaptive_ranges(input[1], output[1]), adaptive_ranges(input[2], output[2]),
                   [](const Range& row, const Range& column) {
                     return (row.last - row.first) * (column.last - column.first);
                   });
}

}  // namespace relu0::reference
