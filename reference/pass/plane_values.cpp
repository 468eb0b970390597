#include "reference/pass/plane_values.hpp"

#include "fixtures/error.hpp"
#include "reference/arithmetic/real.hpp"
#include "reference/arithmetic/sum.hpp"
#include "reference/arithmetic/tensor.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace relu0::reference {

namespace {

constexpr int double_bits = 53;
constexpr int least_bits = 64;

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

void check(const NeuronPlane& plane, std::span<const float> input, std::span<const double> u,
           std::span<const double> v, int bits) {
  const std::size_t parameters = input.size() + 1;
  for (const std::vector<double>* vector : {&plane.centre, &plane.first, &plane.second}) {
    if (vector->size() != parameters || !all_finite(*vector)) {
      throw InputError(
          fmt::format("a plane for {} inputs needs vectors of {} finite numbers", input.size(), parameters));
    }
  }
  const bool finite_input =
      std::all_of(input.begin(), input.end(), [](float value) { return std::isfinite(value); });
  if (!finite_input || !all_finite(u) || !all_finite(v)) {
    throw InputError("the inputs and places of a plane must be finite");
  }
  if (bits < least_bits || bits > max_bits) {
    throw InputError(
        fmt::format("{} bits for the values of a plane: needs {} to {}", bits, least_bits, max_bits));
  }
}

double largest_magnitude(std::span<const double> values) {
  double result = 0;
  for (const double value : values) {
    result = std::max(result, std::abs(value));
  }
  return result;
}

/// result = |a| · scale, rounded up.
void add_scaled_magnitude(mpfr_ptr sum, mpfr_srcptr a, double scale) {
  Real product(double_bits);
  mpfr_abs(product, a, MPFR_RNDU);
  mpfr_mul_d(product, product, scale, MPFR_RNDU);
  mpfr_add(sum, sum, product, MPFR_RNDU);
}

}  // namespace

PlaneValues plane_values(const NeuronPlane& plane, std::span<const float> input, std::span<const double> u,
                         std::span<const double> v, int bits) {
  check(plane, input, u, v, bits);
  std::vector<double> with_one(input.begin(), input.end());
  with_one.push_back(1);
  const auto size = static_cast<std::int64_t>(with_one.size());
  const Tensor x(double_bits, {size}, std::span<const double>(with_one));
  std::vector<std::int64_t> all(with_one.size());
  std::iota(all.begin(), all.end(), std::int64_t{0});

  Real a(bits);
  Real b(bits);
  Real c(bits);
  dot(a, x, all, Tensor(double_bits, {size}, std::span<const double>(plane.centre)));
  dot(b, x, all, Tensor(double_bits, {size}, std::span<const double>(plane.first)));
  dot(c, x, all, Tensor(double_bits, {size}, std::span<const double>(plane.second)));

  Real bound(double_bits);
  add_scaled_magnitude(bound, a, 1);
  add_scaled_magnitude(bound, b, largest_magnitude(u));
  add_scaled_magnitude(bound, c, largest_magnitude(v));
  mpfr_mul_2si(bound, bound, 2 - bits, MPFR_RNDU);

  PlaneValues result;
  result.bound = mpfr_get_d(bound, MPFR_RNDU);
  result.values.reserve(u.size() * v.size());
  result.certain.reserve(u.size() * v.size());
  Real place_u(double_bits);
  Real place_v(double_bits);
  Real value(bits);
  for (const double row : v) {
    mpfr_set_d(place_v, row, MPFR_RNDN);
    for (const double column : u) {
      mpfr_set_d(place_u, column, MPFR_RNDN);
      mpfr_fmma(value, place_u, b, place_v, c, MPFR_RNDN);
      mpfr_add(value, value, a, MPFR_RNDN);
      result.values.push_back(mpfr_get_d(value, MPFR_RNDN));
      result.certain.push_back(mpfr_cmpabs(value, bound) > 0);
    }
  }
  return result;
}

}  // namespace relu0::reference
