// Compiled for AVX2 and FMA (CMakeLists.txt).
#ifdef __x86_64__
#include "analysis/kernels/tile_loops.hpp"

#include <immintrin.h>

namespace relu0::kernels {
namespace {

struct Floats {
  using Number = float;
  using Value = __m256;
  static constexpr int lanes = 8;

  static Value load(const float* from) { return _mm256_loadu_ps(from); }
  static void store(float* to, Value value) { _mm256_storeu_ps(to, value); }
  static Value broadcast(float x) { return _mm256_set1_ps(x); }
  static Value fused(Value a, Value b, Value c) { return _mm256_fmadd_ps(a, b, c); }
};

struct Doubles {
  using Number = double;
  using Value = __m256d;
  using Integers = long long __attribute__((vector_size(32)));
  static constexpr int lanes = 4;

  static Value load(const double* from) { return _mm256_loadu_pd(from); }
  static void store(double* to, Value value) { _mm256_storeu_pd(to, value); }
  static Value broadcast(double x) { return _mm256_set1_pd(x); }
  static Value fused(Value a, Value b, Value c) { return _mm256_fmadd_pd(a, b, c); }
  /// x − a·b where a·b is exact.
  static Value exact_difference(Value x, Value a, Value b) { return _mm256_fnmadd_pd(a, b, x); }
};

}  // namespace

const TileFunctions<float> avx2_floats = float_functions<Floats, 4, 3>();
const TileFunctions<double> avx2_doubles = double_functions<Doubles, 4, 3>();

}  // namespace relu0::kernels
#endif
