#include "analysis/kernels/tiles/packing.hpp"

#include <algorithm>
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
template <typename T>
struct Square {
  typedef T Value __attribute__((vector_size(16)));
  static constexpr std::size_t lanes = sizeof(Value) / sizeof(T);

  static Value load(const T* from) {
    Value value;
    __builtin_memcpy(&value, from, sizeof value);
    return value;
  }
  static void store(T* to, Value value) { __builtin_memcpy(to, &value, sizeof value); }
};

/// Element k of line c goes to to[k · width + c].
void transpose(const float* const (&lines)[4], float* to, std::int64_t width) {
  using Lanes = Square<float>;
  typedef std::int32_t Places __attribute__((vector_size(16)));
  const Lanes::Value a = Lanes::load(lines[0]);
  const Lanes::Value b = Lanes::load(lines[1]);
  const Lanes::Value c = Lanes::load(lines[2]);
  const Lanes::Value d = Lanes::load(lines[3]);
  const Lanes::Value ab_low = __builtin_shuffle(a, b, Places{0, 4, 1, 5});
  const Lanes::Value ab_high = __builtin_shuffle(a, b, Places{2, 6, 3, 7});
  const Lanes::Value cd_low = __builtin_shuffle(c, d, Places{0, 4, 1, 5});
  const Lanes::Value cd_high = __builtin_shuffle(c, d, Places{2, 6, 3, 7});
  Lanes::store(to, __builtin_shuffle(ab_low, cd_low, Places{0, 1, 4, 5}));
  Lanes::store(to + width, __builtin_shuffle(ab_low, cd_low, Places{2, 3, 6, 7}));
  Lanes::store(to + 2 * width, __builtin_shuffle(ab_high, cd_high, Places{0, 1, 4, 5}));
  Lanes::store(to + 3 * width, __builtin_shuffle(ab_high, cd_high, Places{2, 3, 6, 7}));
}

void transpose(const double* const (&lines)[2], double* to, std::int64_t width) {
  using Lanes = Square<double>;
  typedef std::int64_t Places __attribute__((vector_size(16)));
  const Lanes::Value a = Lanes::load(lines[0]);
  const Lanes::Value b = Lanes::load(lines[1]);
  Lanes::store(to, __builtin_shuffle(a, b, Places{0, 2}));
  Lanes::store(to + width, __builtin_shuffle(a, b, Places{1, 3}));
}

/// Columns whose terms lie beside one another, as those of a matrix that is stored by its columns.
template <typename T>
void pack_transposed(const PackedPart<T>& part, T* packed) {
  constexpr std::size_t lanes = Square<T>::lanes;
  // So few terms at a time stay in the first cache, whose lines are written several times.
  constexpr std::size_t terms_at_once = 128;
  const std::size_t square_columns = part.lines.size() / lanes * lanes;
  for (std::size_t first = 0; first < part.terms.size(); first += terms_at_once) {
    const std::size_t count = std::min(terms_at_once, part.terms.size() - first);
    const std::size_t square_terms = count / lanes * lanes;
    const T* const from = part.data + part.terms[first];
    T* const to = packed + static_cast<std::int64_t>(first) * part.width;
    for (std::size_t c = 0; c < square_columns; c += lanes) {
      const T* lines[lanes];
      for (std::size_t i = 0; i < lanes; ++i) {
        lines[i] = from + part.lines[c + i];
      }
      for (std::size_t k = 0; k < square_terms; k += lanes) {
        transpose(lines, to + static_cast<std::int64_t>(k) * part.width + c, part.width);
        for (const T*& line : lines) {
          line += lanes;
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
void pack_columns(const Operand<T>& columns, std::int64_t first_column, int tile_columns,
                  std::int64_t first_term, std::int64_t terms, T* packed) {
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
  } else if (are_adjoining(part.terms)) {
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
  for (std::int64_t tile = 0; tile < tiles(); ++tile) {
    pack_columns(rows, tile * tile_rows, tile_rows, 0, terms_, packed_.data() + tile * terms_ * tile_rows);
  }
}

template class PackedRows<float>;
template class PackedRows<double>;
template void pack_columns(const Operand<float>&, std::int64_t, int, std::int64_t, std::int64_t, float*);
template void pack_columns(const Operand<double>&, std::int64_t, int, std::int64_t, std::int64_t, double*);

}  // namespace relu0::kernels
