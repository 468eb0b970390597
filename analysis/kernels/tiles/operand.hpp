#pragma once
// Private to analysis.
#include <cstdint>
#include <span>
#include <vector>

namespace relu0::kernels {

/// One factor of a product, wherever its elements lie: element (i, k) of line i (a row of the left factor or
/// a column of the right one) and term k is data[lines[i] + terms[k]].
template <typename T>
struct Operand {
  std::span<const T> data;  ///< all that the offsets reach
  std::vector<std::int64_t> lines;
  std::vector<std::int64_t> terms;
};

/// 0, stride, 2 · stride, …
std::vector<std::int64_t> offsets(std::int64_t count, std::int64_t stride);

/// A sequence of dimensions, the last one fastest: all sums of first[0] + i·stride … over them. {extent,
/// stride} each.
struct Dimension {
  std::int64_t extent;
  std::int64_t stride;
};
std::vector<std::int64_t> offsets(std::span<const Dimension> dimensions, std::int64_t first = 0);

/// Whether each is the one before it plus 1.
bool are_adjoining(std::span<const std::int64_t> offsets);

}  // namespace relu0::kernels
