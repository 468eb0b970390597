#pragma once
#include "fixtures/network/operation.hpp"

#include <cstdint>
#include <vector>

namespace relu0::reference {

/// The part of a pooling window that lies inside its input plane, and its full area, padding included.
struct WindowPosition {
  std::int64_t top;
  std::int64_t bottom;  ///< one past the last row
  std::int64_t left;
  std::int64_t right;  ///< one past the last column
  std::int64_t area;
};

/// The windows of a plane of height × width, in the order of their outputs, row-major.
std::vector<WindowPosition> sliding_windows(const Window& window, const Shape& input, const Shape& output);

/// Those of an AdaptiveAveragePool; their area is what they cover.
std::vector<WindowPosition> adaptive_windows(const Shape& input, const Shape& output);

}  // namespace relu0::reference
