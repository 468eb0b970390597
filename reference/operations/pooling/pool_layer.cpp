#include "reference/operations/pooling/pool_layer.hpp"

#include <algorithm>

namespace relu0::reference {

std::int64_t PoolLayer::most_windows_of_an_element() const {
  std::vector<std::int64_t> windows(static_cast<std::size_t>(plane_in_));
  for (const WindowPosition& window : windows_) {
    for (const std::int64_t element : elements_in(window, 0, width_)) {
      ++windows[static_cast<std::size_t>(element)];
    }
  }
  return *std::max_element(windows.begin(), windows.end());
}

bool window_is_zero(const ZeroQuestion& at, const std::vector<WindowPosition>& windows) {
  const Shape& input = at.input();
  const auto plane = static_cast<std::int64_t>(windows.size());
  const WindowPosition& window = windows[static_cast<std::size_t>(at.within() % plane)];
  const std::int64_t channel = at.within() / plane;
  const std::int64_t plane_start = ((at.sample() * input[0] + channel) * input[1]) * input[2];
  for (const std::int64_t element : elements_in(window, plane_start, input[2])) {
    if (!at.input_is_zero(element)) {
      return false;
    }
  }
  return true;
}

}  // namespace relu0::reference
