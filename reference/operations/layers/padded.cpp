#include "reference/operations/layers/padded.hpp"

#include "reference/arithmetic/parallel.hpp"

namespace relu0::reference {

Tensor padded(const Tensor& images, std::int64_t height, std::int64_t width, const Margins& margins,
              int threads) {
  const std::int64_t planes = images.size() / (height * width);
  const std::int64_t rows = margins.top + height + margins.bottom;
  const std::int64_t columns = margins.left + width + margins.right;
  Tensor result(images.bits(), {planes, rows, columns});
  parallel_for(threads, planes, 16, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first * height; row < last * height; ++row) {
      const std::int64_t plane = row / height;
      const std::int64_t to = (plane * rows + margins.top + row % height) * columns + margins.left;
      for (std::int64_t column = 0; column < width; ++column) {
        result.copy_element(to + column, images, row * width + column);
      }
    }
  });
  result.set_joint_radius(images.known_joint_radius());
  return result;
}

}  // namespace relu0::reference
