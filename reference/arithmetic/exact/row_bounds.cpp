#include "reference/arithmetic/exact/row_bounds.hpp"

#include <algorithm>
#include <bit>

namespace relu0::reference {

namespace {

/// The least integer above m 2^(e − bits) · 2^(q − scale), for a magnitude below 2^e whose highest `bits`
/// bits are m, cut off: at most 2^(q − (scale − e)).
std::uint64_t quantized(std::uint64_t m, int bits, std::int64_t e, int q, std::int64_t scale) {
  const std::int64_t shift = bits - q + scale - e;
  return (shift < 64 ? m >> shift : 0) + 1;
}

std::uint64_t quantized(Radius radius, int q, std::int64_t scale) {
  return radius.is_zero() ? 0 : quantized(radius.mantissa(), 32, radius.exponent(), q, scale);
}

/// The rows of one operand, of which extract_digits() has cut off the elements at hand.
class Rows {
 public:
  Rows(const Operand& operand, const Digits& digits) : operand_{operand}, digits_{digits} {}

  /// dropped: what truncation of an element of the row may have.
  void select(std::int64_t row, std::int64_t in_digits, Radius dropped) {
    outer_ = operand_.outer[static_cast<std::size_t>(row)];
    truncated_ = digits_.truncated.data() + in_digits * static_cast<std::int64_t>(operand_.inner.size());
    dropped_ = dropped;
  }

  [[nodiscard]] std::int64_t index(std::int64_t k) const {
    return outer_ + operand_.inner[static_cast<std::size_t>(k)];
  }
  /// How far the element's integer may be from the true number.
  [[nodiscard]] Radius distance(std::int64_t k) const {
    const Radius radius = operand_.values.radius(index(k));
    return truncated_[k] != 0 ? radius + dropped_ : radius;
  }
  /// The exponent of the largest distance, which is that of the radius 0 or of one without bound too.
  [[nodiscard]] std::int32_t largest_distance() const {
    std::int32_t result = Radius{}.exponent();
    const auto inner = static_cast<std::int64_t>(operand_.inner.size());
    for (std::int64_t k = 0; k < inner; ++k) {
      result = std::max(result, distance(k).exponent());
    }
    return result;
  }

 private:
  const Operand& operand_;
  const Digits& digits_;
  std::int64_t outer_ = 0;
  const std::uint8_t* truncated_ = nullptr;
  Radius dropped_;
};

}  // namespace

int row_bound_bits(std::int64_t inner) {
  const int log = 64 - std::countl_zero(static_cast<std::uint64_t>(inner - 1) | 1U);
  return std::min(26, (53 - log) / 2);
}

void RowBounds::make_room(std::int64_t rows, std::int64_t inner) {
  magnitudes.make_room(rows * inner);
  radii.make_room(rows * inner);
  scales.assign(static_cast<std::size_t>(rows), {});
  has_radii = false;
}

bool set_row_bounds(const Operand& operand, const Digits& digits, std::span<const std::int32_t> exponents,
                    std::int64_t first, std::int64_t rows, Magnitudes wanted, std::int64_t at,
                    RowBounds& bounds) {
  const Tensor& values = operand.values;
  const auto inner = static_cast<std::int64_t>(operand.inner.size());
  const int q = row_bound_bits(inner);
  const int limbs = values.limbs_per_element();
  const std::int64_t width = fixed_point_bits(values.bits());
  const bool may_have_radii = digits.any_truncated || !values.has_no_radii();
  Rows from(operand, digits);
  bool found = false;
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int32_t exponent = exponents[static_cast<std::size_t>(first + row)];
    from.select(first + row, row, Radius::above(1, exponent - width));
    RowScale& scale = bounds.scales[static_cast<std::size_t>(at + row)];
    const std::int32_t largest = may_have_radii ? from.largest_distance() : Radius{}.exponent();
    scale.unbounded = largest == Radius::unbounded().exponent();
    const bool has_radius = largest != Radius{}.exponent() && !scale.unbounded;
    found = found || has_radius || scale.unbounded;
    if (has_radius) {
      scale.radius = largest;
      double* const radii = bounds.radii.data() + (at + row) * inner;
      for (std::int64_t k = 0; k < inner; ++k) {
        radii[k] = static_cast<double>(quantized(from.distance(k), q, scale.radius));
      }
    }
    if (wanted == Magnitudes::none) {
      continue;
    }
    const bool adds_radius = wanted == Magnitudes::with_their_radius && has_radius;
    scale.magnitude = adds_radius ? std::max(exponent, scale.radius) + 1 : exponent;
    double* const magnitudes = bounds.magnitudes.data() + (at + row) * inner;
    // Below K 2^(2q) ≤ 2^53.
    std::uint64_t squares = 0;
    for (std::int64_t k = 0; k < inner; ++k) {
      const std::int64_t index = from.index(k);
      std::uint64_t magnitude = 0;
      if (!values.is_zero(index)) {
        magnitude =
            quantized(values.significand(index)[limbs - 1], 64, values.exponent(index), q, scale.magnitude);
      }
      if (adds_radius) {
        magnitude += quantized(from.distance(k), q, scale.magnitude);
      }
      squares += magnitude * magnitude;
      magnitudes[k] = static_cast<double>(magnitude);
    }
    scale.norm = Radius::above(squares, 2 * (std::int64_t{scale.magnitude} - q)).square_root();
  }
  return found;
}

void clear_rows_without_radii(std::int64_t inner, RowBounds& bounds) {
  for (std::size_t row = 0; row < bounds.scales.size(); ++row) {
    if (bounds.scales[row].radius == no_exponent) {
      std::fill_n(bounds.radii.data() + static_cast<std::int64_t>(row) * inner, inner, 0.0);
    }
  }
}

}  // namespace relu0::reference
