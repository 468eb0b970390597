#include "analysis/kernels/tiles/tiled_product.hpp"

#include "fixtures/parallel.hpp"

#include <algorithm>
#include <span>

namespace relu0::kernels {

void for_each_tile_range(std::int64_t columns, int tile_columns, int threads,
                         const std::function<void(std::int64_t, std::int64_t)>& work) {
  const std::int64_t tiles = (columns + tile_columns - 1) / tile_columns;
  const std::int64_t ranges = std::min<std::int64_t>(tiles, threads);
  for_each_index(ranges, threads,
                 [&](std::int64_t i) { work(tiles * i / ranges, tiles * (i + 1) / ranges); });
}

namespace {

/// Writes what the chains of a tile's columns came to, at these offsets of each row.
template <typename T>
void write_tile(const ColumnChains<T>& chains, std::int64_t rows, std::span<const std::int64_t> offsets,
                const Destination<T>& destination) {
  // They mostly adjoin, and copying whole vectors is then several times as fast as one number at a time.
  const bool adjoining = are_adjoining(offsets);
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* const from = chains.row(r);
    T* const to = destination.data + destination.rows[static_cast<std::size_t>(r)];
    if (adjoining) {
      std::copy_n(from, offsets.size(), to + offsets.front());
    } else {
      for (std::size_t c = 0; c < offsets.size(); ++c) {
        to[offsets[c]] = from[c];
      }
    }
  }
}

}  // namespace

template <typename T>
void tiled_product(const Operand<T>& rows, const Operand<T>& columns, const Bias<T>& bias,
                   const Destination<T>& destination, const SummationOrder& order,
                   const Execution& execution) {
  TileArithmetic<T> arithmetic(order, execution.instruction_set);
  arithmetic.look_at(rows.data);
  arithmetic.look_at(columns.data);
  if (bias.values != nullptr) {
    const std::int64_t last =
        (std::ssize(rows.lines) - 1) * bias.row_stride + (std::ssize(columns.lines) - 1) * bias.column_stride;
    arithmetic.look_at_bias({bias.values, static_cast<std::size_t>(last + 1)});
  }
  const PackedRows<T> packed_rows(rows, arithmetic.rows());
  const ColumnPacker<T> packer(columns);
  const auto count = std::ssize(columns.lines);
  const std::int64_t terms = std::ssize(columns.terms);
  // Packed columns of so many terms stay in the second cache.
  constexpr std::int64_t packed_terms = 512;
  const int width = arithmetic.columns();
  for_each_tile_range(count, width, execution.threads, [&](std::int64_t first_tile, std::int64_t end_tile) {
    AlignedArray<T> packed(std::min(terms, packed_terms) * width);
    ColumnChains<T> chains(arithmetic, packed_rows);
    for (std::int64_t tile = first_tile; tile < end_tile; ++tile) {
      const std::int64_t first = tile * width;
      const std::int64_t here = std::min<std::int64_t>(width, count - first);
      const Bias<T> of_tile{bias.values == nullptr ? nullptr : bias.values + first * bias.column_stride,
                            bias.row_stride, bias.column_stride};
      chains.start(of_tile, here);
      for (std::int64_t first_term = 0; first_term < terms; first_term += packed_terms) {
        const std::int64_t terms_here = std::min(packed_terms, terms - first_term);
        packer.pack(first, width, first_term, terms_here, packed.data());
        chains.add(packed.data(), terms_here);
      }
      chains.finish(of_tile, here);
      write_tile(chains, packed_rows.rows(),
                 {destination.columns.data() + first, static_cast<std::size_t>(here)}, destination);
    }
  });
}

template void tiled_product(const Operand<float>&, const Operand<float>&, const Bias<float>&,
                            const Destination<float>&, const SummationOrder&, const Execution&);
template void tiled_product(const Operand<double>&, const Operand<double>&, const Bias<double>&,
                            const Destination<double>&, const SummationOrder&, const Execution&);

}  // namespace relu0::kernels
