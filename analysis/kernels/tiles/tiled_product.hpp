#pragma once
// Private to analysis.
#include "analysis/kernels/instruction_set.hpp"
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/kernels/tiles/operand.hpp"
#include "analysis/kernels/tiles/tile_chains.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace relu0::kernels {

/// Where the elements of a product go: element (r, c) to data[rows[r] + columns[c]].
template <typename T>
struct Destination {
  T* data;
  std::vector<std::int64_t> rows;
  std::vector<std::int64_t> columns;
};

/// The product of a left factor, whose lines are rows, and a right one, whose lines are columns, each element
/// in the order of the terms.
template <typename T>
void tiled_product(const Operand<T>& rows, const Operand<T>& columns, const Bias<T>& bias,
                   const Destination<T>& destination, const SummationOrder& order,
                   const Execution& execution);

/// Splits columns into tiles and these among threads: work(first tile, last tile + 1), once a thread.
void for_each_tile_range(std::int64_t columns, int tile_columns, int threads,
                         const std::function<void(std::int64_t, std::int64_t)>& work);

}  // namespace relu0::kernels
