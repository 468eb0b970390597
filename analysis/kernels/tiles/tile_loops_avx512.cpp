// Compiled for AVX-512 (CMakeLists.txt).
#ifdef __x86_64__
#include "analysis/kernels/tiles/tile_loops.hpp"

#include <immintrin.h>

namespace relu0::kernels {
namespace {

struct Floats : VectorOf<float, 64> {
  static Value fused(Value a, Value b, Value c) { return _mm512_fmadd_ps(a, b, c); }
};
struct Doubles : VectorOf<double, 64> {
  static Value fused(Value a, Value b, Value c) { return _mm512_fmadd_pd(a, b, c); }
  static Value exact_difference(Value x, Value a, Value b) { return _mm512_fnmadd_pd(a, b, x); }
};

/// ManyBitsStep in 11 instructions instead of 19, with M as there.
///
/// The product's M comes from its 2^k-fold, to which a number below all of them is added: a product of 0 has
/// a normal M, too, since subnormal operands are slow on some processors.
///
/// The sum is rounded to odd first, after which rounding to p ≤ 51 bits gives what rounding the exact sum
/// does (Boldo and Melquiond, Emulation of FMA and correctly rounded sums, 2008). Rounded down and rounded
/// up, a sum that is not exact gives two neighbours, of which one has an odd significand.
struct DirectedManyBitsStep {
  using Value = Doubles::Value;
  explicit DirectedManyBitsStep(int bits)
      : factor(Doubles::broadcast(shift_factor(bits))),
        exponents(_mm512_set1_epi64(std::int64_t{53 - bits} << 52)) {}

  /// 1.5 times the power of 2 at or below |value|. Of 0 a subnormal number, which is normal with k added to
  /// its exponent.
  static __m512i middle_at(Value value) {
    constexpr int a_and_b_or_c = 0xea;
    return _mm512_ternarylogic_epi64(_mm512_castpd_si512(value), _mm512_set1_epi64(0x7ff0'0000'0000'0000),
                                     _mm512_set1_epi64(0x0008'0000'0000'0000), a_and_b_or_c);
  }
  static Value to_odd(Value x, Value y) {
    constexpr int down = _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC;
    constexpr int up = _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC;
    // With a mask of all lanes, since g++ 12 warns of its own header's uninitialised variable without one.
    const Value below = _mm512_maskz_add_round_pd(0xff, x, y, down);
    const __mmask8 even = _mm512_testn_epi64_mask(_mm512_castpd_si512(below), _mm512_set1_epi64(1));
    return _mm512_mask_add_round_pd(below, even, x, y, up);
  }
  Value operator()(Value sum, Value row, Value column) const {
    const Value scaled = Doubles::fused(row, factor * column, Doubles::broadcast(0x1p-900));
    const Value above_product = _mm512_castsi512_pd(middle_at(scaled));
    const Value term = Doubles::fused(row, column, above_product) - above_product;
    const Value next = to_odd(sum, term);
    const Value above = _mm512_castsi512_pd(_mm512_add_epi64(middle_at(next), exponents));
    return (above + next) - above;
  }
  Value factor;
  __m512i exponents;  ///< k in the place of a binary64's exponent
};

}  // namespace

const TileFunctions<float> avx512_floats = float_functions<Floats, 8, 2>();
const TileFunctions<double> avx512_doubles = double_functions<Doubles, 4, 4, DirectedManyBitsStep>();

}  // namespace relu0::kernels
#endif
