#include "analysis/gate/gradient_figures.hpp"

#include "analysis/torch/same_bits.hpp"
#include "reference/arithmetic/format.hpp"
#include "reference/arithmetic/vector_clones.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include <ATen/ops/zeros_like.h>

namespace relu0::gate {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Sums are taken in so many lanes, element i in lane i mod lanes, whatever the instruction set: the compiler
/// can keep them in vectors, and the bits are the same everywhere.
constexpr std::size_t lanes = 16;
using Lanes = std::array<double, lanes>;

double sum_of(const Lanes& sums) { return std::accumulate(sums.begin(), sums.end(), 0.0); }

/// Calls body(lane, element) for each element. Inlined, with the body, into the clone for each instruction
/// set: a function of its own would be compiled for the least of them.
template <typename Body>
[[gnu::always_inline]] inline void for_each_in_lanes(std::size_t count, Body body) {
  std::size_t begin = 0;
  for (; begin + lanes <= count; begin += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      body(lane, begin + lane);
    }
  }
  for (std::size_t lane = 0; begin + lane < count; ++lane) {
    body(lane, begin + lane);
  }
}

struct SizeSums {
  double squares = 0;
  double nans = 0;  ///< counts, exact up to 2^53
  double infinite = 0;
};

template <typename Real>
[[gnu::always_inline]] inline SizeSums size_sums(const Real* values, std::size_t count) {
  Lanes squares{};
  Lanes nans{};
  Lanes infinite{};
  for_each_in_lanes(
      count, [&](std::size_t lane, std::size_t i) __attribute__((always_inline)) {
        const double x = values[i];
        squares[lane] += x * x;
        nans[lane] += std::isnan(x) ? 1.0 : 0.0;
        infinite[lane] += std::fabs(x) == infinity ? 1.0 : 0.0;
      });
  return {.squares = sum_of(squares), .nans = sum_of(nans), .infinite = sum_of(infinite)};
}

struct DifferenceSums {
  double of_a = 0;
  double of_difference = 0;
};

template <typename A, typename B>
[[gnu::always_inline]] inline DifferenceSums difference_sums(const A* a, const B* b, std::size_t count) {
  Lanes of_a{};
  Lanes of_difference{};
  for_each_in_lanes(
      count, [&](std::size_t lane, std::size_t i) __attribute__((always_inline)) {
        const double x = a[i];
        const double difference = static_cast<double>(b[i]) - x;
        of_a[lane] += x * x;
        of_difference[lane] += difference * difference;
      });
  return {.of_a = sum_of(of_a), .of_difference = sum_of(of_difference)};
}

/// How long an ulp is, in powers of 2: of numbers below the format's normal ones as long as of its smallest.
struct UlpExponents {
  int significand;  ///< bits
  int least;        ///< at least −1022, so that the reciprocal of every ulp is a normal binary64 number
};

/// The largest |value − exact| in ulps at `exact`; NaN where an element is no number.
[[gnu::always_inline]] inline double largest_in_lanes(const double* exact, const float* values,
                                                      std::size_t count, UlpExponents format) {
  Lanes largest{};
  Lanes nans{};
  for_each_in_lanes(
      count, [&](std::size_t lane, std::size_t i) __attribute__((always_inline)) {
        const double value = values[i];
        const auto exponent =
            static_cast<std::int64_t>((std::bit_cast<std::uint64_t>(exact[i]) >> 52U) & 0x7ffU) - 1023;
        const std::int64_t ulp = std::max<std::int64_t>(exponent - (format.significand - 1), format.least);
        const auto reciprocal = std::bit_cast<double>(static_cast<std::uint64_t>(1023 - ulp) << 52U);
        // The difference of two equal infinities is no number.
        const double ulps = value == exact[i] ? 0.0 : std::fabs(value - exact[i]) * reciprocal;
        nans[lane] += std::isnan(value) || std::isnan(exact[i]) ? 1.0 : 0.0;
        largest[lane] = ulps > largest[lane] ? ulps : largest[lane];
      });
  return sum_of(nans) > 0 ? std::numeric_limits<double>::quiet_NaN()
                          : *std::max_element(largest.begin(), largest.end());
}

/// @name Each compiled for several instruction sets
/// @{
RELU0_VECTOR_CLONES SizeSums sums(const float* x, std::size_t count) { return size_sums(x, count); }
RELU0_VECTOR_CLONES SizeSums sums(const double* x, std::size_t count) { return size_sums(x, count); }
RELU0_VECTOR_CLONES DifferenceSums sums(const float* a, const float* b, std::size_t count) {
  return difference_sums(a, b, count);
}
RELU0_VECTOR_CLONES DifferenceSums sums(const double* a, const float* b, std::size_t count) {
  return difference_sums(a, b, count);
}
RELU0_VECTOR_CLONES DifferenceSums sums(const double* a, const double* b, std::size_t count) {
  return difference_sums(a, b, count);
}
RELU0_VECTOR_CLONES double largest(const double* exact, const float* values, std::size_t count,
                                   UlpExponents format) {
  return largest_in_lanes(exact, values, count, format);
}
/// @}

bool is_binary32(const at::Tensor& tensor) { return tensor.scalar_type() == at::kFloat; }
std::size_t count_of(const at::Tensor& tensor) { return static_cast<std::size_t>(tensor.numel()); }

at::Tensor dense(const at::Tensor& tensor, at::ScalarType type) {
  return tensor.detach().to(type).contiguous();
}

DifferenceSums sums_of(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor x = dense(a, is_binary32(a) && is_binary32(b) ? at::kFloat : at::kDouble);
  const at::Tensor y = dense(b, is_binary32(b) ? at::kFloat : at::kDouble);
  if (is_binary32(x)) {
    return sums(x.data_ptr<float>(), y.data_ptr<float>(), count_of(x));
  }
  return is_binary32(y) ? sums(x.data_ptr<double>(), y.data_ptr<float>(), count_of(x))
                        : sums(x.data_ptr<double>(), y.data_ptr<double>(), count_of(x));
}

}  // namespace

GradientSize size_of(const at::Tensor& gradient) {
  if (!gradient.defined()) {
    return {};
  }
  const at::Tensor x = dense(gradient, is_binary32(gradient) ? at::kFloat : at::kDouble);
  const SizeSums found =
      is_binary32(x) ? sums(x.data_ptr<float>(), count_of(x)) : sums(x.data_ptr<double>(), count_of(x));
  return {.l2_norm = std::sqrt(found.squares),
          .nans = static_cast<std::int64_t>(found.nans),
          .infinite = static_cast<std::int64_t>(found.infinite)};
}

double relative_difference(const at::Tensor& a, const at::Tensor& b) {
  if (!a.defined()) {
    return size_of(b).l2_norm == 0 ? 0 : infinity;
  }
  const DifferenceSums found = sums_of(a, b.defined() ? b : at::zeros_like(a));
  if (found.of_difference == 0) {
    return 0;
  }
  return found.of_a == 0 ? infinity : std::sqrt(found.of_difference) / std::sqrt(found.of_a);
}

double distance(const at::Tensor& a, const at::Tensor& b) {
  return !a.defined() ? size_of(b).l2_norm
                      : std::sqrt(sums_of(a, b.defined() ? b : at::zeros_like(a)).of_difference);
}

double largest_ulps(const at::Tensor& exact, const at::Tensor& value, Precision precision) {
  if (!exact.defined() && !value.defined()) {
    return 0;
  }
  const reference::Format format = reference::storage_format(precision);
  if (format.significand > std::numeric_limits<float>::digits) {
    throw std::logic_error("ulps of a format that binary32 does not hold");
  }
  const at::Tensor truth = dense(exact.defined() ? exact : at::zeros_like(value), at::kDouble);
  const at::Tensor computed = dense(value.defined() ? value : at::zeros_like(exact), at::kFloat);
  return largest(truth.data_ptr<double>(), computed.data_ptr<float>(), count_of(truth),
                 {.significand = format.significand, .least = format.floor_exponent()});
}

bool are_same(const at::Tensor& a, const at::Tensor& b) {
  if (!a.defined() || !b.defined()) {
    return a.defined() == b.defined();
  }
  return same_bits(a, b);
}

}  // namespace relu0::gate
