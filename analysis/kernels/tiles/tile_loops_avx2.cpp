// Compiled for AVX2 and FMA (CMakeLists.txt).
#ifdef __x86_64__
#include "analysis/kernels/tiles/tile_loops.hpp"

#include <immintrin.h>

namespace relu0::kernels {
namespace {

struct Floats : VectorOf<float, 32> {
  static Value fused(Value a, Value b, Value c) { return _mm256_fmadd_ps(a, b, c); }
};
struct Doubles : VectorOf<double, 32> {
  static Value fused(Value a, Value b, Value c) { return _mm256_fmadd_pd(a, b, c); }
  static Value exact_difference(Value x, Value a, Value b) { return _mm256_fnmadd_pd(a, b, x); }
};

}  // namespace

const TileFunctions<float> avx2_floats = float_functions<Floats, 4, 3>();
const TileFunctions<double> avx2_doubles = double_functions<Doubles, 4, 3>();

}  // namespace relu0::kernels
#endif
