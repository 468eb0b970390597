#pragma once
#include "reference/arithmetic/product.hpp"

#include <functional>
#include <numeric>
#include <vector>

namespace relu0::reference {

/// A matrix product X Yᵀ of dense rows: X rows × inner, Y columns × inner.
struct MatrixProduct {
  MatrixProduct(Tensor left, Tensor right)
      : x{std::move(left)},
        y{std::move(right)},
        rows{x.shape()[0]},
        columns{y.shape()[0]},
        inner{x.shape()[1]} {}

  [[nodiscard]] Tensor multiply(int bits, const ProductOptions& options, const Tensor* addend = nullptr,
                                bool* exact = nullptr) const {
    const auto offsets = [](std::int64_t count, std::int64_t stride) {
      std::vector<std::int64_t> result(static_cast<std::size_t>(count));
      for (std::size_t i = 0; i < result.size(); ++i) {
        result[i] = static_cast<std::int64_t>(i) * stride;
      }
      return result;
    };
    Tensor result(bits, {rows, columns});
    const auto row_starts = offsets(rows, inner);
    const auto column_starts = offsets(columns, inner);
    const auto along = offsets(inner, 1);
    const auto left = offsets(rows, columns);
    const auto right = offsets(columns, 1);
    const bool was_exact = reference::multiply({x, row_starts, along}, {y, column_starts, along},
                                               {result, left, right}, addend, options);
    if (exact != nullptr) {
      *exact = was_exact;
    }
    return result;
  }

  Tensor x;
  Tensor y;
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t inner;
};

/// A tensor whose element i is set by set(mpfr_ptr, i).
inline Tensor filled(int bits, Shape shape, const std::function<void(mpfr_ptr, std::int64_t)>& set) {
  Tensor result(bits, std::move(shape));
  for (std::int64_t i = 0; i < result.size(); ++i) {
    set(result.slot(i), i);
  }
  return result;
}

}  // namespace relu0::reference
