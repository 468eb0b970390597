#include "analysis/error/rounding_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace relu0 {

namespace {

/// γ(n, u) = n u / (1 − n u); infinite where n u ≥ 1.
double gamma(std::int64_t n, double u) {
  const double product = static_cast<double>(n) * u;
  return product < 1 ? product / (1 - product) : std::numeric_limits<double>::infinity();
}

/// The smaller one of γ and γ̃.
double probabilistic_gamma(std::int64_t n, double u) {
  constexpr double lambda = 10;
  const auto roundings = static_cast<double>(n);
  return std::min(gamma(n, u), std::expm1(lambda * std::sqrt(roundings) * u + roundings * u * u / (1 - u)));
}

double bound(Precision precision, std::int64_t operations, std::int64_t summands,
             double (*reach)(std::int64_t n, double u)) {
  const Significands bits = significands(precision);
  double per_operation = std::ldexp(1.0, -bits.stored);
  if (bits.factor < bits.stored) {
    per_operation += 2 * std::ldexp(1.0, -bits.factor);
  }
  return reach(operations, per_operation) + reach(summands, std::ldexp(1.0, -bits.accumulator));
}

}  // namespace

Significands significands(Precision precision) {
  constexpr int binary16 = 11;
  constexpr int bfloat16 = 8;
  constexpr int binary32 = 24;
  constexpr int binary64 = 53;
  switch (precision) {
    case Precision::fp16:
      return {.stored = binary16, .factor = binary16, .accumulator = binary32};
    case Precision::bf16:
      return {.stored = bfloat16, .factor = bfloat16, .accumulator = binary32};
    case Precision::tf32:
      return {.stored = binary32, .factor = binary16, .accumulator = binary32};
    case Precision::fp32:
      return {.stored = binary32, .factor = binary32, .accumulator = binary32};
    case Precision::fp64:
      return {.stored = binary64, .factor = binary64, .accumulator = binary64};
  }
  throw std::logic_error("not a Precision");
}

double rounding_bound(Precision precision, std::int64_t operations, std::int64_t summands) {
  return bound(precision, operations, summands, gamma);
}

double probabilistic_rounding_bound(Precision precision, std::int64_t operations, std::int64_t summands) {
  return bound(precision, operations, summands, probabilistic_gamma);
}

}  // namespace relu0
