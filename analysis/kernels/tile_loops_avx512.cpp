// Compiled for AVX-512 (CMakeLists.txt).
#ifdef __x86_64__
#include "analysis/kernels/tile_loops.hpp"

#include <immintrin.h>

namespace relu0::kernels {
namespace {

struct Floats {
  using Number = float;
  using Value = __m512;
  static constexpr int lanes = 16;

  static Value load(const float* from) { return _mm512_loadu_ps(from); }
  static void store(float* to, Value value) { _mm512_storeu_ps(to, value); }
  static Value broadcast(float x) { return _mm512_set1_ps(x); }
  static Value fused(Value a, Value b, Value c) { return _mm512_fmadd_ps(a, b, c); }
};

struct Doubles {
  using Number = double;
  using Value = __m512d;
  using Integers = long long __attribute__((vector_size(64)));
  static constexpr int lanes = 8;

  static Value load(const double* from) { return _mm512_loadu_pd(from); }
  static void store(double* to, Value value) { _mm512_storeu_pd(to, value); }
  static Value broadcast(double x) { return _mm512_set1_pd(x); }
  static Value fused(Value a, Value b, Value c) { return _mm512_fmadd_pd(a, b, c); }
  /// x − a·b where a·b is exact.
  static Value exact_difference(Value x, Value a, Value b) { return _mm512_fnmadd_pd(a, b, x); }
};

}  // namespace

const TileFunctions<float> avx512_floats = float_functions<Floats, 8, 2>();
const TileFunctions<double> avx512_doubles = double_functions<Doubles, 8, 2>();

}  // namespace relu0::kernels
#endif
