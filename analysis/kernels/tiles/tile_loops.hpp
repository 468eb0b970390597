#pragma once
// Private to analysis: the body of the sources that are compiled for an instruction set, each of which
// includes it once. Everything has internal linkage, so that none of them calls another one's code.
#include "analysis/kernels/tiles/tile_functions.hpp"

namespace relu0::kernels {
namespace {

/// What the instruction sets' vectors of so many bytes share. Each source adds fused(a, b, c) = a·b + c,
/// rounded once, and for doubles exact_difference(x, a, b) = x − a·b, rounded once where a·b is exact.
template <typename NumberType, int Bytes>
struct VectorOf {
  using Number = NumberType;
  typedef Number Value __attribute__((vector_size(Bytes)));
  typedef std::int64_t Integers __attribute__((vector_size(Bytes)));
  static constexpr int lanes = Bytes / static_cast<int>(sizeof(Number));

  static Value load(const Number* from) {
    Value value;
    __builtin_memcpy(&value, from, sizeof value);
    return value;
  }
  static void store(Number* to, Value value) { __builtin_memcpy(to, &value, sizeof value); }
  static Value broadcast(Number x) { return x - Value{}; }  // −0 − (+0) is −0
};

/// What is done with one term. Vector: the instruction set's type of vectors, as the sources describe it.
template <typename Vector>
struct FusedStep {
  using Value = typename Vector::Value;
  explicit FusedStep(int /*bits*/) {}
  Value operator()(Value sum, Value row, Value column) const { return Vector::fused(row, column, sum); }
};

template <typename Vector>
struct SeparateStep {
  using Value = typename Vector::Value;
  explicit SeparateStep(int /*bits*/) {}
  Value operator()(Value sum, Value row, Value column) const { return sum + row * column; }
};

/// 2^(53 − bits), by which the roundings below shift a number's last p-bit place to binary64's.
inline double shift_factor(int bits) { return static_cast<double>(std::int64_t{1} << (53 - bits)); }

/// @name Rounding to p bits, to nearest with ties to even, in the safe range of p_bit.hpp
/// Below, U is the last p-bit place of the number that is rounded, and k = 53 − p. Adding a number of a
/// binade whose last binary64 place is U, an even multiple of U, and subtracting it again rounds to a
/// multiple of U. Each way finds such a number M; the sign of a zero may be lost.
/// @{

/// p ≤ 25, so that products of p-bit numbers are exact, and so is C·column with C = 2^k + 1 (p bits twice,
/// which do not overlap).
///
/// The product h: M = 2^k·h. In a tie h is a multiple of U/2, and M/U its significand of 53 bits, even. Where
/// M + h leaves M's binade, h is so near to the next power of 2 that it is rounded to that (2^(p−52) relative
/// to it); the last place is 2U there, and M a multiple of that since h has 2p < 52 bits. So h + M − M is
/// right, and h + M = row · (C·column).
///
/// The sum: first in binary64, which does not change what it is rounded to (53 ≥ 2p + 2), then by Veltkamp's
/// splitting γ − (γ − x), γ = C·x: the nearest number of p bits (Boldo, Pitfalls of a full floating-point
/// proof, 2006), and the even one in a tie as above: the last tie lies 2^−p below the next power of 2, too
/// far for C·x to leave the binade.
template <typename Vector>
struct FewBitsStep {
  using Value = typename Vector::Value;
  explicit FewBitsStep(int bits)
      : factor(Vector::broadcast(shift_factor(bits))), splitter(Vector::broadcast(shift_factor(bits) + 1)) {}
  Value operator()(Value sum, Value row, Value column) const {
    const Value product = Vector::exact_difference(row * (splitter * column), row, factor * column);
    const Value next = sum + product;
    const Value split = splitter * next;
    return split - (split - next);
  }
  Value factor;
  Value splitter;
};

/// Larger p. M is 1.5 · 2^k times the power of 2 at or below the number, the middle of a binade.
///
/// The product: row · column + M is rounded once, by a fused multiply-add.
///
/// The sum: that of binary64 is rounded, and what is left of the exact sum is added to the result: where the
/// sum was a tie, it decides. It is exact enough for that: a sum that is a tie has no term far below U.
template <typename Vector>
struct ManyBitsStep {
  using Value = typename Vector::Value;
  using Integers = typename Vector::Integers;
  explicit ManyBitsStep(int bits) : middle(Vector::broadcast(1.5 * shift_factor(bits))) {}

  [[nodiscard]] Value middle_above(Value value) const {
    constexpr std::int64_t exponent = 0x7ff0'0000'0000'0000;
    return middle * reinterpret_cast<Value>(reinterpret_cast<Integers>(value) & exponent);
  }
  Value operator()(Value sum, Value row, Value column) const {
    const Value above_product = middle_above(row * column);
    const Value term = Vector::fused(row, column, above_product) - above_product;
    // Knuth's exact sum.
    const Value next = sum + term;
    const Value of_term = next - sum;
    const Value error = (sum - (next - of_term)) + (term - of_term);
    const Value above = middle_above(next);
    const Value rounded = above + next;
    const Value left = (next - (rounded - above)) + error;
    return (rounded + left) - above;
  }
  Value middle;
};
/// @}

template <typename Vector, int Rows, int Vectors, typename Step>
void tile(const typename Vector::Number* rows, const typename Vector::Number* columns, std::int64_t terms,
          typename Vector::Number* sums, int bits) {
  using Value = typename Vector::Value;
  const Step step(bits);
  Value sum[Rows][Vectors];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) {
      sum[r][v] = Vector::load(sums + (r * Vectors + v) * Vector::lanes);
    }
  }
  for (std::int64_t k = 0; k < terms; ++k) {
    Value column[Vectors];
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) {
      column[v] = Vector::load(columns + v * Vector::lanes);
    }
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      const Value row = Vector::broadcast(rows[r]);
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) {
        sum[r][v] = step(sum[r][v], row, column[v]);
      }
    }
    rows += Rows;
    columns += Vectors * Vector::lanes;
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) {
      Vector::store(sums + (r * Vectors + v) * Vector::lanes, sum[r][v]);
    }
  }
}

template <typename Floats, int Rows, int Vectors>
constexpr TileFunctions<float> float_functions() {
  return {.rows = Rows,
          .columns = Vectors * Floats::lanes,
          .fused = tile<Floats, Rows, Vectors, FusedStep<Floats>>,
          .separate = tile<Floats, Rows, Vectors, SeparateStep<Floats>>,
          .few_bits = nullptr,
          .many_bits = nullptr};
}

/// ManyBits: the step for more than few_bits_at_most bits, where the instruction set has a faster one.
template <typename Doubles, int Rows, int Vectors, typename ManyBits = ManyBitsStep<Doubles>>
constexpr TileFunctions<double> double_functions() {
  return {.rows = Rows,
          .columns = Vectors * Doubles::lanes,
          .fused = tile<Doubles, Rows, Vectors, FusedStep<Doubles>>,
          .separate = tile<Doubles, Rows, Vectors, SeparateStep<Doubles>>,
          .few_bits = tile<Doubles, Rows, Vectors, FewBitsStep<Doubles>>,
          .many_bits = tile<Doubles, Rows, Vectors, ManyBits>};
}

}  // namespace
}  // namespace relu0::kernels
