#pragma once
// Private to analysis: the body of the sources that are compiled for an instruction set, each of which
// includes it once. Everything has internal linkage, so that none of them calls another one's code.
#include "analysis/kernels/tile_functions.hpp"

namespace relu0::kernels {
namespace {

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

/// 2^(53 − bits) as a double.
inline double power_of_step(int bits) { return static_cast<double>(std::int64_t{1} << (53 - bits)); }

/// p ≤ 25. Veltkamp's splitting rounds x to p bits: with C = 2^(53−p) + 1, γ = C·x, the result is
/// γ − (γ − x), each rounded. It is a rounding to nearest (Boldo, Pitfalls of a full floating-point proof,
/// 2006). Ties go to even: in a tie x is an odd multiple of half a unit of its p-bit grid, and C·x stays in
/// the binade of 2^(53−p)·x, since it leaves that only for x within 2^(p−52) of the next power of 2, and the
/// last tie is 2^−p away from that (relative to the power; p ≤ 25). γ is x added to the even multiple
/// 2^(53−p)·x of the unit, rounded to even, and γ − x rounds back to that multiple.
/// A product of two p-bit numbers is exact, and so is C·column: 53 − p + 1 bits by p bits that do not
/// overlap.
template <typename Vector>
struct FewBitsStep {
  using Value = typename Vector::Value;
  explicit FewBitsStep(int bits) : splitter(Vector::broadcast(power_of_step(bits) + 1)) {}
  Value operator()(Value sum, Value row, Value column) const {
    const Value product_split = row * (splitter * column);
    const Value product = product_split - Vector::exact_difference(product_split, row, column);
    const Value next = sum + product;
    const Value split = splitter * next;
    return split - (split - next);
  }
  Value splitter;
};

/// p > 25. A result of binary64 and its exact error become the result rounded to odd (towards 0, and the
/// last bit set where that is not exact), which can be rounded to p ≤ 51 bits without being rounded twice.
template <typename Vector>
struct ManyBitsStep {
  using Value = typename Vector::Value;
  using Integers = typename Vector::Integers;
  explicit ManyBitsStep(int bits)
      : shift(53 - bits),
        below_half((std::int64_t{1} << (52 - bits)) - 1),
        kept(-(std::int64_t{1} << (53 - bits))) {}

  static Value to_odd(Value value, Value error) {
    const Integers inexact = error != Value{};  // −1 where it is
    Integers pattern = reinterpret_cast<Integers>(value);
    const Integers opposite = (pattern ^ reinterpret_cast<Integers>(error)) >> 63;
    pattern += inexact & opposite;
    pattern |= inexact & 1;
    return reinterpret_cast<Value>(pattern);
  }
  [[nodiscard]] Value rounded(Value value) const {
    Integers pattern = reinterpret_cast<Integers>(value);
    pattern += ((pattern >> shift) & 1) + below_half;
    return reinterpret_cast<Value>(pattern & kept);
  }
  Value operator()(Value sum, Value row, Value column) const {
    const Value product = row * column;
    const Value term = rounded(to_odd(product, Vector::fused(row, column, -product)));
    // Knuth's exact sum.
    const Value next = sum + term;
    const Value of_term = next - sum;
    return rounded(to_odd(next, (sum - (next - of_term)) + (term - of_term)));
  }

  int shift;
  std::int64_t below_half;
  std::int64_t kept;
};

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

template <typename Doubles, int Rows, int Vectors>
constexpr TileFunctions<double> double_functions() {
  return {.rows = Rows,
          .columns = Vectors * Doubles::lanes,
          .fused = tile<Doubles, Rows, Vectors, FusedStep<Doubles>>,
          .separate = tile<Doubles, Rows, Vectors, SeparateStep<Doubles>>,
          .few_bits = tile<Doubles, Rows, Vectors, FewBitsStep<Doubles>>,
          .many_bits = tile<Doubles, Rows, Vectors, ManyBitsStep<Doubles>>};
}

}  // namespace
}  // namespace relu0::kernels
