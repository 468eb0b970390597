// For processors without AVX2: vectors of 16 bytes, as every x86-64 and AArch64 has them.
#include "analysis/kernels/tiles/tile_loops.hpp"

#include <cmath>

namespace relu0::kernels {
namespace {

template <typename Number>
struct Vector : VectorOf<Number, 16> {
  using Value = typename VectorOf<Number, 16>::Value;

  /// By the processor or in software, as C's fma.
  static Value fused(Value a, Value b, Value c) {
    Value value;
    for (int i = 0; i < Vector::lanes; ++i) {
      value[i] = std::fma(a[i], b[i], c[i]);
    }
    return value;
  }
  static Value exact_difference(Value x, Value a, Value b) { return x - a * b; }
};

}  // namespace

const TileFunctions<float> baseline_floats = float_functions<Vector<float>, 4, 2>();
const TileFunctions<double> baseline_doubles = double_functions<Vector<double>, 4, 2>();

}  // namespace relu0::kernels
