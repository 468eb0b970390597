#include "reference/arithmetic/exact/row_bounds.hpp"

#include <algorithm>
#include <bit>

namespace relu0::reference {

namespace {

/// The least integer above m 2^(e − bits) · 2^(q − scale), for a magnitude below 2^e whose highest `bits`
/// bits are m, cut off: at most 2^(q − (scale − e)).
double quantized(std::uint64_t m, int bits, std::int64_t e, int q, std::int64_t scale) {
  const std::int64_t shift = bits - q + scale - e;
  return static_cast<double>((shift < 64 ? static_cast<std::int64_t>(m >> shift) : 0) + 1);
}

double quantized(Radius radius, int q, std::int64_t scale) {
  return radius.is_zero() ? 0.0 : quantized(radius.mantissa(), 32, radius.exponent(), q, scale);
}

}  // namespace

int row_bound_bits(std::int64_t inner) {
  const int log = 64 - std::countl_zero(static_cast<std::uint64_t>(inner - 1) | 1U);
  return std::min(26, (53 - log) / 2);
}

bool RowBounds::has_radii() const {
  return std::any_of(scales.begin(), scales.end(),
                     [](const RowScale& scale) { return scale.radius != no_exponent || scale.unbounded; });
}

void set_row_bounds(const Operand& operand, const Digits& digits, std::span<const std::int32_t> exponents,
                    std::int64_t first, std::int64_t rows, Magnitudes wanted, RowBounds& bounds) {
  const Tensor& values = operand.values;
  const auto inner = static_cast<std::int64_t>(operand.inner.size());
  const int q = row_bound_bits(inner);
  const int limbs = values.limbs_per_element();
  const std::int64_t width = fixed_point_bits(values.bits());
  bounds.scales.assign(static_cast<std::size_t>(rows), {});
  bounds.radii.assign(static_cast<std::size_t>(rows * inner), 0.0);
  bounds.magnitudes.resize(wanted == Magnitudes::none ? 0 : bounds.radii.size());
  std::vector<Radius> distances(static_cast<std::size_t>(inner));
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int64_t outer = operand.outer[static_cast<std::size_t>(first + row)];
    const std::int32_t exponent = exponents[static_cast<std::size_t>(first + row)];
    RowScale& scale = bounds.scales[static_cast<std::size_t>(row)];
    Radius largest;
    const Radius dropped = Radius::above(1, exponent - width);
    for (std::int64_t k = 0; k < inner; ++k) {
      const std::int64_t element = row * inner + k;
      Radius distance = values.radius(outer + operand.inner[static_cast<std::size_t>(k)]);
      if (digits.truncated[static_cast<std::size_t>(element)] != 0) {
        distance += dropped;
      }
      largest = std::max(largest, distance);
      distances[static_cast<std::size_t>(k)] = distance;
    }
    scale.unbounded = !largest.is_bounded();
    const bool has_radius = !largest.is_zero() && !scale.unbounded;
    if (has_radius) {
      scale.radius = largest.exponent();
      for (std::int64_t k = 0; k < inner; ++k) {
        bounds.radii[static_cast<std::size_t>(row * inner + k)] =
            quantized(distances[static_cast<std::size_t>(k)], q, scale.radius);
      }
    }
    if (wanted == Magnitudes::none) {
      continue;
    }
    const bool adds_radius = wanted == Magnitudes::with_their_radius && has_radius;
    scale.magnitude = adds_radius ? std::max(exponent, scale.radius) + 1 : exponent;
    for (std::int64_t k = 0; k < inner; ++k) {
      const std::int64_t index = outer + operand.inner[static_cast<std::size_t>(k)];
      double magnitude = 0;
      if (!values.is_zero(index)) {
        magnitude =
            quantized(values.significand(index)[limbs - 1], 64, values.exponent(index), q, scale.magnitude);
      }
      if (adds_radius) {
        magnitude += quantized(distances[static_cast<std::size_t>(k)], q, scale.magnitude);
      }
      bounds.magnitudes[static_cast<std::size_t>(row * inner + k)] = magnitude;
    }
  }
}

}  // namespace relu0::reference
