#pragma once
#include "reference/arithmetic/tensor.hpp"

namespace relu0::reference {

/// Rows and columns of zeros around an image.
struct Margins {
  std::int64_t top = 0;
  std::int64_t bottom = 0;
  std::int64_t left = 0;
  std::int64_t right = 0;
};

/// images: planes × height × width with planes = images.size() / (height · width). Returns planes ×
/// (top + height + bottom) × (left + width + right).
Tensor padded(const Tensor& images, std::int64_t height, std::int64_t width, const Margins& margins,
              int threads);

}  // namespace relu0::reference
