#include "reference/operations/pooling/pool_layer.hpp"

namespace relu0::reference {

bool window_is_zero(const ZeroQuestion& at, const std::vector<WindowPosition>& windows) {
  const Shape& input = at.input();
  const auto plane = static_cast<std::int64_t>(windows.size());
  const WindowPosition& window = windows[static_cast<std::size_t>(at.within() % plane)];
  const std::int64_t channel = at.within() / plane;
  for (std::int64_t row = window.top; row < window.bottom; ++row) {
    for (std::int64_t column = window.left; column < window.right; ++column) {
      if (!at.input_is_zero(((at.sample() * input[0] + channel) * input[1] + row) * input[2] + column)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace relu0::reference
