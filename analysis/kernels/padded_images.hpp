#pragma once
// Private to analysis.
#include <cstdint>
#include <span>
#include <vector>

namespace relu0::kernels {

/// Where the pixels of an image go along one dimension: pixel i to place first + i · step, if that is there.
struct Spread {
  std::int64_t extent;  ///< of what is written
  std::int64_t first;   ///< may be negative
  std::int64_t step = 1;
};

/// Planes of height × width spread over larger ones, with +0 elsewhere.
template <typename T>
class PaddedImages {
 public:
  /// images: planes × height × width.
  PaddedImages(const T* images, std::int64_t planes, std::int64_t height, std::int64_t width,
               const Spread& rows, const Spread& columns);

  [[nodiscard]] std::span<const T> data() const { return values_; }

 private:
  std::vector<T> values_;
};

}  // namespace relu0::kernels
