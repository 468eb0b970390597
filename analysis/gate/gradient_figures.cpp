#include "analysis/gate/gradient_figures.hpp"

#include "analysis/torch/same_bits.hpp"
#include "reference/arithmetic/format.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include <ATen/TensorOperators.h>
#include <ATen/ops/isinf.h>
#include <ATen/ops/isnan.h>
#include <ATen/ops/linalg_vector_norm.h>

namespace relu0::gate {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

at::Tensor in_binary64(const at::Tensor& tensor) { return tensor.detach().to(at::kDouble).contiguous(); }

std::span<const double> elements(const at::Tensor& binary64) {
  return {binary64.data_ptr<double>(), static_cast<std::size_t>(binary64.numel())};
}

/// Two subnormal binary64 numbers differ by less than their ulp is worth otherwise: the division below is by
/// a power of two, and exact or an overflow to infinity.
double ulps_between(const reference::Format& format, double exact, double value) {
  if (exact == value) {
    return 0;
  }
  if (std::isnan(exact) || std::isnan(value)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (std::isinf(exact) || std::isinf(value)) {
    return infinity;
  }
  return std::ldexp(std::fabs(value - exact), -reference::ulp_exponent(format, exact));
}

}  // namespace

double l2_norm(const at::Tensor& gradient) {
  return gradient.defined() ? at::linalg_vector_norm(in_binary64(gradient)).item().toDouble() : 0;
}

double relative_difference(const at::Tensor& a, const at::Tensor& b) {
  const double of_a = l2_norm(a);
  const double of_difference = !a.defined()   ? l2_norm(b)
                               : !b.defined() ? of_a
                                              : l2_norm(in_binary64(b) - in_binary64(a));
  if (of_difference == 0) {
    return 0;
  }
  return of_a == 0 ? infinity : of_difference / of_a;
}

double largest_ulps(const at::Tensor& exact, const at::Tensor& value, Precision precision) {
  if (!exact.defined() && !value.defined()) {
    return 0;
  }
  const reference::Format format = reference::storage_format(precision);
  const at::Tensor truth = exact.defined() ? in_binary64(exact) : at::Tensor(in_binary64(value).zero_());
  const at::Tensor computed = value.defined() ? in_binary64(value) : at::Tensor(in_binary64(exact).zero_());
  const std::span<const double> truths = elements(truth);
  const std::span<const double> values = elements(computed);
  double largest = 0;
  for (std::size_t i = 0; i < truths.size(); ++i) {
    const double ulps = ulps_between(format, truths[i], values[i]);
    if (std::isnan(ulps)) {
      return ulps;
    }
    largest = std::max(largest, ulps);
  }
  return largest;
}

bool are_same(const at::Tensor& a, const at::Tensor& b) {
  if (!a.defined() || !b.defined()) {
    return a.defined() == b.defined();
  }
  return same_bits(a, b);
}

NonFinite count_non_finite(const at::Tensor& gradient) {
  if (!gradient.defined()) {
    return {};
  }
  return {.nans = at::isnan(gradient).sum().item().toLong(),
          .infinite = at::isinf(gradient).sum().item().toLong()};
}

}  // namespace relu0::gate
