#include "analysis/kernels/tiles/packing.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace relu0::kernels {

namespace {

/// Columns first … first + count of an operand's terms, which tiles take `width` at a time.
template <typename T>
struct PackedPart {
  const T* data;
  std::span<const std::int64_t> lines;
  std::span<const std::int64_t> terms;
  int width;
};

/// A run of columns whose elements lie beside one another.
struct Run {
  std::int64_t offset;
  int first;
  int count;
};

std::vector<Run> runs_of(std::span<const std::int64_t> lines) {
  std::vector<Run> runs;
  for (std::size_t c = 0; c < lines.size(); ++c) {
    if (runs.empty() || lines[c] != lines[c - 1] + 1) {
      runs.push_back({lines[c], static_cast<int>(c), 0});
    }
    ++runs.back().count;
  }
  return runs;
}

template <typename T>
void pack_runs(const PackedPart<T>& part, std::span<const Run> runs, T* packed) {
  for (const std::int64_t term : part.terms) {
    for (const Run& run : runs) {
      std::copy_n(part.data + run.offset + term, run.count, packed + run.first);
    }
    packed += part.width;
  }
}

template <typename T>
void pack_singly(const PackedPart<T>& part, T* packed) {
  for (const std::int64_t term : part.terms) {
    for (std::size_t c = 0; c < part.lines.size(); ++c) {
      packed[c] = part.data[part.lines[c] + term];
    }
    packed += part.width;
  }
}

/// Vectors of 16 bytes, which every processor has; as many of them as they have lanes are a square.
using Floats __attribute__((vector_size(16))) = float;
using Doubles __attribute__((vector_size(16))) = double;
template <typename T>
constexpr std::size_t lanes = 16 / sizeof(T);

template <typename Vector, typename T>
Vector load(const T* from) {
  Vector value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

template <typename Vector, typename T>
void store(T* to, Vector value) {
  __builtin_memcpy(to, &value, sizeof value);
}

/// Element k of line c goes to to[k · width + c].
void transpose(const std::array<const float*, 4>& lines, float* to, std::int64_t width) {
  const auto a = load<Floats>(lines[0]);
  const auto b = load<Floats>(lines[1]);
  const auto c = load<Floats>(lines[2]);
  const auto d = load<Floats>(lines[3]);
  const Floats ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const Floats ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Floats cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const Floats cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  store<Floats>(to, __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5));
  store<Floats>(to + width, __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7));
  store<Floats>(to + 2 * width, __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5));
  store<Floats>(to + 3 * width, __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7));
}

void transpose(const std::array<const double*, 2>& lines, double* to, std::int64_t width) {
  const auto a = load<Doubles>(lines[0]);
  const auto b = load<Doubles>(lines[1]);
  store<Doubles>(to, __builtin_shufflevector(a, b, 0, 2));
  store<Doubles>(to + width, __builtin_shufflevector(a, b, 1, 3));
}

/// Columns whose terms lie beside one another, as those of a matrix that is stored by its columns.
template <typename T>
void pack_transposed(const PackedPart<T>& part, T* packed) {
  constexpr std::size_t side = lanes<T>;
  // So few terms at a time stay in the first cache, whose lines are written several times.
  constexpr std::size_t terms_at_once = 128;
  const std::size_t square_columns = part.lines.size() / side * side;
  for (std::size_t first = 0; first < part.terms.size(); first += terms_at_once) {
    const std::size_t count = std::min(terms_at_once, part.terms.size() - first);
    const std::size_t square_terms = count / side * side;
    const T* const from = part.data + part.terms[first];
    T* const to = packed + static_cast<std::int64_t>(first) * part.width;
    for (std::size_t c = 0; c < square_columns; c += side) {
      std::array<const T*, side> lines;
      for (std::size_t i = 0; i < side; ++i) {
        lines[i] = from + part.lines[c + i];
      }
      for (std::size_t k = 0; k < square_terms; k += side) {
        transpose(lines, to + static_cast<std::int64_t>(k) * part.width + c, part.width);
        for (const T*& line : lines) {
          line += side;
        }
      }
    }
    for (std::size_t c = 0; c < part.lines.size(); ++c) {
      for (std::size_t k = c < square_columns ? square_terms : 0; k < count; ++k) {
        to[static_cast<std::int64_t>(k) * part.width + static_cast<std::int64_t>(c)] =
            from[part.lines[c] + static_cast<std::int64_t>(k)];
      }
    }
  }
}

}  // namespace

template <typename T>
void ColumnPacker<T>::pack(std::int64_t first_column, int tile_columns, std::int64_t first_term,
                           std::int64_t terms, T* packed) const {
  const Operand<T>& columns = *columns_;
  const std::int64_t count = std::min<std::int64_t>(tile_columns, std::ssize(columns.lines) - first_column);
  const PackedPart<T> part{columns.data.data(),
                           {columns.lines.data() + first_column, static_cast<std::size_t>(count)},
                           {columns.terms.data() + first_term, static_cast<std::size_t>(terms)},
                           tile_columns};
  for (std::int64_t k = 0; count < tile_columns && k < terms; ++k) {
    std::fill(packed + k * tile_columns + count, packed + (k + 1) * tile_columns, T{0});
  }
  const std::vector<Run> runs = runs_of(part.lines);
  constexpr std::size_t worthwhile = 4;  // columns a run
  if (runs.size() * worthwhile <= part.lines.size()) {
    pack_runs<T>(part, runs, packed);
  } else if (terms_adjoin_) {
    pack_transposed(part, packed);
  } else {
    pack_singly(part, packed);
  }
}

template <typename T>
PackedRows<T>::PackedRows(const Operand<T>& rows, int tile_rows)
    : rows_(std::ssize(rows.lines)),
      terms_(std::ssize(rows.terms)),
      tile_rows_(tile_rows),
      packed_(tiles() * tile_rows * terms_) {
  const ColumnPacker<T> packer(rows);
  for (std::int64_t tile = 0; tile < tiles(); ++tile) {
    packer.pack(tile * tile_rows, tile_rows, 0, terms_, packed_.data() + tile * terms_ * tile_rows);
  }
}

template class PackedRows<float>;
template class PackedRows<double>;
template class ColumnPacker<float>;
template class ColumnPacker<double>;

}  // namespace relu0::kernels
