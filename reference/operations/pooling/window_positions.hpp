#pragma once
#include "fixtures/network/operation.hpp"

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

/// The windows of a plane of height × width, in the order of their outputs, row-major.
/// `count_padding`: whether the area counts what lies in the padding.
std::vector<WindowPosition> sliding_windows(const Window& window, const Shape& input, const Shape& output,
                                            bool count_padding = true);

/// Those of an AdaptiveAveragePool; their area is what they cover.
std::vector<WindowPosition> adaptive_windows(const Shape& input, const Shape& output);

}  // namespace relu0::reference
