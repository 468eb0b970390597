#include "reference/arithmetic/tensor.hpp"

#include "fixtures/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

namespace relu0::reference {

Tensor::Tensor(int bits, Shape shape) : bits_{bits}, shape_{std::move(shape)} {
  if (bits < MPFR_PREC_MIN) {
    throw std::logic_error(fmt::format("a tensor of {} bits", bits));
  }
  limbs_per_element_ = static_cast<int>(mpfr_custom_get_size(bits) / sizeof(mp_limb_t));
  const auto size = static_cast<std::size_t>(element_count(shape_));
  limbs_.resize(size * static_cast<std::size_t>(limbs_per_element_));
  heads_.resize(size, {.exponent = 0, .kind = MPFR_ZERO_KIND});
  radii_.resize(size);
}

template <typename Value>
void Tensor::set_exactly(std::span<const Value> values) {
  if (static_cast<std::int64_t>(values.size()) != size()) {
    throw std::logic_error(fmt::format("{} values for a tensor of {}", values.size(), size()));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = static_cast<double>(values[i]);
    const auto index = static_cast<std::int64_t>(i);
    if (bits_ >= std::numeric_limits<double>::digits && value != 0 && std::isfinite(value)) {
      // Without MPFR: θ has millions of values.
      int exponent = 0;
      const double fraction = std::frexp(std::fabs(value), &exponent);
      limbs_[(i + 1) * static_cast<std::size_t>(limbs_per_element_) - 1] =
          static_cast<mp_limb_t>(fraction * 0x1p64);
      heads_[i] = {.exponent = exponent, .kind = value < 0 ? -MPFR_REGULAR_KIND : MPFR_REGULAR_KIND};
    } else if (mpfr_set_d(slot(index), value, MPFR_RNDN) != 0) {
      throw InputError(
          fmt::format("{} bits cannot hold {} (value {}): use at least 53 bits", bits_, value, i));
    }
  }
}

Tensor::Tensor(int bits, Shape shape, std::span<const double> values) : Tensor(bits, std::move(shape)) {
  radii_ = {};
  set_exactly(values);
}

Tensor::Tensor(int bits, Shape shape, std::span<const float> values) : Tensor(bits, std::move(shape)) {
  radii_ = {};
  set_exactly(values);
}

Tensor Tensor::copy() const {
  Tensor result;
  result.bits_ = bits_;
  result.limbs_per_element_ = limbs_per_element_;
  result.shape_ = shape_;
  result.limbs_ = limbs_;
  result.heads_ = heads_;
  result.radii_ = radii_;
  result.joint_radius_ = joint_radius_;
  return result;
}

void Tensor::reshape(Shape shape) {
  if (element_count(shape) != size()) {
    throw std::logic_error("reshape to another number of elements");
  }
  shape_ = std::move(shape);
}

Tensor::View Tensor::operator[](std::int64_t index) const {
  const Head head = heads_[static_cast<std::size_t>(index)];
  View view;
  // MPFR's interface has no const version; nothing writes through an mpfr_srcptr.
  mpfr_custom_init_set(view.number_, head.kind, head.exponent, bits_,
                       const_cast<mp_limb_t*>(significand(index)));
  view.radius_ = radius(index);
  return view;
}

void Tensor::set_radius(std::int64_t index, Radius radius) {
  if (!radii_.empty()) {
    radii_[static_cast<std::size_t>(index)] = radius;
  } else if (!radius.is_zero()) {
    throw std::logic_error("a radius in a tensor of exact values");
  }
}

bool Tensor::is_exact() const {
  return std::all_of(radii_.begin(), radii_.end(), [](Radius radius) { return radius.is_zero(); });
}

Radius joint_of_each(std::int64_t size, Radius radius) {
  return Radius::above(static_cast<std::uint64_t>(size), 0).square_root() * radius;
}

Radius Tensor::joint_radius() const {
  if (joint_radius_.is_bounded()) {
    return joint_radius_;
  }
  return radii_.empty() ? Radius{} : joint_of_each(size(), *std::max_element(radii_.begin(), radii_.end()));
}

void Tensor::set_joint_radius(Radius radius) {
  joint_radius_ = Radius::unbounded();
  joint_radius_ = std::min(radius, joint_radius());
}

Tensor::Slot::Slot(Tensor& tensor, std::int64_t index) : tensor_{tensor}, index_{index} {
  const Head head = tensor.heads_[static_cast<std::size_t>(index)];
  mpfr_custom_init_set(number_, head.kind, head.exponent, tensor.bits_,
                       tensor.limbs_.data() + index * tensor.limbs_per_element_);
}

Tensor::Slot::~Slot() {
  // The exponent of a number that is not regular has no meaning and need not fit.
  const int kind = mpfr_custom_get_kind(number_);
  tensor_.heads_[static_cast<std::size_t>(index_)] = {
      .exponent = mpfr_regular_p(number_) != 0 ? static_cast<std::int32_t>(mpfr_custom_get_exp(number_)) : 0,
      .kind = kind};
}

void Tensor::copy_element(std::int64_t index, const Tensor& from, std::int64_t from_index) {
  heads_[static_cast<std::size_t>(index)] = from.heads_[static_cast<std::size_t>(from_index)];
  std::copy_n(from.significand(from_index), limbs_per_element_, limbs_.data() + index * limbs_per_element_);
  set_radius(index, from.radius(from_index));
}

std::int32_t max_exponent(const Tensor& tensor) {
  std::int32_t result = std::numeric_limits<std::int32_t>::min();
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    if (tensor.is_regular(i)) {
      result = std::max(result, tensor.exponent(i));
    } else if (!tensor.is_zero(i)) {
      throw std::logic_error("a non-finite number has no exponent");
    }
  }
  return result;
}

Radius joint_rounding(const Tensor& tensor) {
  // Zeros underflowed if they were rounded: a tensor of them has the least radius that there is.
  return joint_of_each(tensor.size(),
                       Radius::above(1, std::int64_t{max_exponent(tensor)} - tensor.bits() - 1));
}

std::vector<double> to_doubles(const Tensor& tensor) {
  std::vector<double> result(static_cast<std::size_t>(tensor.size()));
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    result[static_cast<std::size_t>(i)] = mpfr_get_d(tensor[i], MPFR_RNDN);
  }
  return result;
}

}  // namespace relu0::reference
