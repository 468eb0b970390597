#include "analysis/kernels/product.hpp"

#include "analysis/kernels/tiles/tiled_product.hpp"

namespace relu0::kernels {

namespace {

/// `lines` of a matrix, from its view in which they are rows.
template <typename T>
Operand<T> operand(const MatrixView<T>& view, std::int64_t lines, std::int64_t terms) {
  const std::int64_t last =
      lines > 0 && terms > 0 ? (lines - 1) * view.row_stride + (terms - 1) * view.column_stride + 1 : 0;
  return {.data = {view.data, static_cast<std::size_t>(last)},
          .lines = offsets(lines, view.row_stride),
          .terms = offsets(terms, view.column_stride)};
}

}  // namespace

template <typename T>
void product(const MatrixView<T>& a, const MatrixView<T>& b, const ProductShape& shape, const T* bias, T* c,
             const SummationOrder& order, const Execution& execution) {
  tiled_product<T>(
      operand(a, shape.rows, shape.terms), operand(b.transposed(), shape.columns, shape.terms),
      {.values = bias, .row_stride = 0, .column_stride = 1},
      {.data = c, .rows = offsets(shape.rows, shape.columns), .columns = offsets(shape.columns, 1)}, order,
      execution);
}

template void product(const MatrixView<float>&, const MatrixView<float>&, const ProductShape&, const float*,
                      float*, const SummationOrder&, const Execution&);
template void product(const MatrixView<double>&, const MatrixView<double>&, const ProductShape&,
                      const double*, double*, const SummationOrder&, const Execution&);

}  // namespace relu0::kernels
