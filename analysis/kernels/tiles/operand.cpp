#include "analysis/kernels/tiles/operand.hpp"

#include <algorithm>

namespace relu0::kernels {

std::vector<std::int64_t> offsets(std::int64_t count, std::int64_t stride) {
  const Dimension dimension{count, stride};
  return offsets({&dimension, 1});
}

std::vector<std::int64_t> offsets(std::span<const Dimension> dimensions, std::int64_t first) {
  std::vector<std::int64_t> result{first};
  for (const auto& [extent, stride] : dimensions) {
    std::vector<std::int64_t> finer;
    finer.reserve(result.size() * static_cast<std::size_t>(extent));
    for (const std::int64_t offset : result) {
      for (std::int64_t i = 0; i < extent; ++i) {
        finer.push_back(offset + i * stride);
      }
    }
    result = std::move(finer);
  }
  return result;
}

bool are_adjoining(std::span<const std::int64_t> offsets) {
  return std::adjacent_find(offsets.begin(), offsets.end(),
                            [](std::int64_t a, std::int64_t b) { return b != a + 1; }) == offsets.end();
}

}  // namespace relu0::kernels
