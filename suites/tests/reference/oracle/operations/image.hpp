#pragma once
#include "suites/tests/reference/oracle/pass.hpp"

namespace relu0::oracle {

/// Where the elements of a sample of channels × height × width stand in its row.
struct Image {
  explicit Image(const Shape& shape) : channels{shape.at(0)}, height{shape.at(1)}, width{shape.at(2)} {}

  [[nodiscard]] Index at(Index channel, Index y, Index x) const { return (channel * height + y) * width + x; }
  [[nodiscard]] bool holds(Index y, Index x) const { return y >= 0 && y < height && x >= 0 && x < width; }

  Index channels;
  Index height;
  Index width;
};

/// visit(channel, r, c) for every element.
template <typename Visit>
void for_each_place(const Image& image, Visit visit) {
  for (Index channel = 0; channel < image.channels; ++channel) {
    for (Index r = 0; r < image.height; ++r) {
      for (Index c = 0; c < image.width; ++c) {
        visit(channel, r, c);
      }
    }
  }
}

/// visit(row of the tap, column of the tap, y, x) for every tap of the window of output (r, c), with the
/// place y = r · stride − padding + a · dilation, likewise x, that it meets; that may lie outside the input.
template <typename Visit>
void for_each_tap(const Window& window, Index r, Index c, Visit visit) {
  for (Index a = 0; a < window.kernel[0]; ++a) {
    for (Index b = 0; b < window.kernel[1]; ++b) {
      visit(a, b, r * window.stride[0] - window.padding[0] + a * window.dilation[0],
            c * window.stride[1] - window.padding[1] + b * window.dilation[1]);
    }
  }
}

}  // namespace relu0::oracle
