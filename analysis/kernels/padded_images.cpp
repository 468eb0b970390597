#include "analysis/kernels/padded_images.hpp"

namespace relu0::kernels {

template <typename T>
PaddedImages<T>::PaddedImages(const T* images, std::int64_t planes, std::int64_t height, std::int64_t width,
                              const Spread& rows, const Spread& columns)
    : values_(static_cast<std::size_t>(planes * rows.extent * columns.extent)) {
  for (std::int64_t plane = 0; plane < planes; ++plane) {
    T* const to_plane = values_.data() + plane * rows.extent * columns.extent;
    const T* const from_plane = images + plane * height * width;
    for (std::int64_t y = 0; y < height; ++y) {
      const std::int64_t to_y = rows.first + y * rows.step;
      if (to_y < 0 || to_y >= rows.extent) {
        continue;
      }
      for (std::int64_t x = 0; x < width; ++x) {
        const std::int64_t to_x = columns.first + x * columns.step;
        if (to_x >= 0 && to_x < columns.extent) {
          to_plane[to_y * columns.extent + to_x] = from_plane[y * width + x];
        }
      }
    }
  }
}

template class PaddedImages<float>;
template class PaddedImages<double>;

}  // namespace relu0::kernels
