#include "analysis/torchscript/kinks/kink_count.hpp"

#include "analysis/zeros/observed_zeros.hpp"
#include "reference/arithmetic/vector_clones.hpp"

#include <algorithm>
#include <cmath>

namespace relu0 {

namespace {

/// 32-bit counters keep the loops in full vectors; a sweep is cut into pieces that can't overflow them.
constexpr std::int64_t piece = std::int64_t{1} << 30;

struct Counters {
  std::int32_t hits = 0;
  std::int32_t flushed = 0;
  std::int32_t nan = 0;
};

template <typename Real>
inline Counters counted(const Real* x, std::int64_t count, Real point, Real normal) {
  std::int32_t hits = 0;
  std::int32_t flushed = 0;
  std::int32_t nan = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    hits += x[i] == point ? 1 : 0;
    flushed += std::abs(x[i]) < normal ? 1 : 0;
    nan += x[i] != x[i] ? 1 : 0;
  }
  return {.hits = hits, .flushed = flushed, .nan = nan};
}

RELU0_VECTOR_CLONES Counters count_piece(const float* x, std::int64_t count, float point, float normal) {
  return counted(x, count, point, normal);
}
RELU0_VECTOR_CLONES Counters count_piece(const double* x, std::int64_t count, double point, double normal) {
  return counted(x, count, point, normal);
}

template <typename Real>
PointCount count_in(const at::Tensor& x, double point, Precision precision) {
  const auto* values = x.data_ptr<Real>();
  const std::int64_t count = x.numel();
  PointCount result;
  for (std::int64_t begin = 0; begin < count; begin += piece) {
    const Counters counters =
        count_piece(values + begin, std::min(piece, count - begin), static_cast<Real>(point),
                    static_cast<Real>(smallest_normal(precision)));
    result.hits += counters.hits;
    result.zeros.flushed += counters.flushed;
    result.nan += counters.nan;
  }
  if (point != 0) {
    result.zeros = {};
    return result;
  }
  result.zeros.flushed -= result.hits;
  if (result.hits > 0) {
    result.zeros.negative =
        std::count_if(values, values + count, [](Real value) { return value == 0 && std::signbit(value); });
  }
  return result;
}

}  // namespace

PointCount count_point(const at::Tensor& x, double point, Precision precision) {
  const at::Tensor dense = x.is_non_overlapping_and_dense() ? x : x.contiguous();
  if (dense.scalar_type() == at::kFloat) {
    return count_in<float>(dense, point, precision);
  }
  return dense.scalar_type() == at::kDouble ? count_in<double>(dense, point, precision) : PointCount{};
}

std::int64_t count_nan(const at::Tensor& x) {
  return x.is_floating_point() ? count_point(x, 1, Precision::fp64).nan : 0;
}

}  // namespace relu0
