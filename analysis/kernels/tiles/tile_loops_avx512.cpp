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

}  // namespace

const TileFunctions<float> avx512_floats = float_functions<Floats, 8, 2>();
const TileFunctions<double> avx512_doubles = double_functions<Doubles, 8, 2>();

}  // namespace relu0::kernels
#endif
