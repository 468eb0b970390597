#pragma once
#include "fixtures/network/operation.hpp"
#include "reference/operations/offsets.hpp"

#include <cstdint>
#include <vector>

namespace relu0::reference {

/// Places of a pooling window in one dimension that lie inside the input: `count` of them, at distance
/// `step`.
struct WindowRange {
  std::int64_t first;
  std::int64_t count;
  std::int64_t step = 1;
};

/// The part of a pooling window that lies inside its input plane, and by how many values its mean divides.
struct WindowPosition {
  WindowRange rows;
  WindowRange columns;
  std::int64_t area;
};

/// Where in a tensor the elements in the window lie, for a plane of rows of `width` that begins at
/// `plane_start`.
Offsets elements_in(const WindowPosition& window, std::int64_t plane_start, std::int64_t width);

/// The windows of a plane of height × width, in the order of their outputs, row-major.
/// `count_padding`: whether the area counts what lies in the padding.
std::vector<WindowPosition> sliding_windows(const Window& window, const Shape& input, const Shape& output,
                                            bool count_padding = true);

/// Those of an AdaptiveAveragePool; their area is what they cover.
std::vector<WindowPosition> adaptive_windows(const Shape& input, const Shape& output);

}  // namespace relu0::reference
