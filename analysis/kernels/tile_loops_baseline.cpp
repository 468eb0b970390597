// For processors without AVX2: vectors of 16 bytes, as every x86-64 and AArch64 has them.
#include "analysis/kernels/tile_loops.hpp"

#include <cmath>

namespace relu0::kernels {
namespace {

using FourFloats = float __attribute__((vector_size(16)));
using TwoDoubles = double __attribute__((vector_size(16)));
using TwoIntegers = std::int64_t __attribute__((vector_size(16)));

template <typename NumberType, typename ValueType>
struct BaselineVector {
  using Number = NumberType;
  using Value = ValueType;
  using Integers = TwoIntegers;
  static constexpr int lanes = static_cast<int>(sizeof(Value) / sizeof(Number));

  static Value load(const Number* from) {
    Value value;
    __builtin_memcpy(&value, from, sizeof value);
    return value;
  }
  static void store(Number* to, Value value) { __builtin_memcpy(to, &value, sizeof value); }
  static Value broadcast(Number x) {
    Value value;
    for (int i = 0; i < lanes; ++i) {
      value[i] = x;
    }
    return value;
  }
  /// Exact before it is rounded once, by the processor or in software, as C's fma is.
  static Value fused(Value a, Value b, Value c) {
    Value value;
    for (int i = 0; i < lanes; ++i) {
      value[i] = std::fma(a[i], b[i], c[i]);
    }
    return value;
  }
  /// x − a·b where a·b is exact.
  static Value exact_difference(Value x, Value a, Value b) { return x - a * b; }
};

}  // namespace

const TileFunctions<float> baseline_floats = float_functions<BaselineVector<float, FourFloats>, 4, 2>();
const TileFunctions<double> baseline_doubles = double_functions<BaselineVector<double, TwoDoubles>, 4, 2>();

}  // namespace relu0::kernels
