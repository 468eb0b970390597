#pragma once
#include "fixtures/network/operation.hpp"
#include "reference/arithmetic/ball.hpp"
#include "reference/arithmetic/radius.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <mpfr.h>

namespace relu0::reference {

/// Precisions that the reference computes in, in bits of the significand.
inline constexpr int min_bits = 24;
inline constexpr int max_bits = 4096;

/// A dense tensor of balls whose midpoints are MPFR numbers of one precision, row-major, 8 ceil(bits / 64) +
/// 16 bytes an element: the significands lie side by side, and an element becomes an mpfr_t only while it is
/// in use. Precision is always an argument; nothing reads or sets MPFR's default precision.
class Tensor {
 public:
  Tensor() = default;
  /// All elements are +0, exactly. Throws InputError for bits outside [min_bits, max_bits + guard bits].
  Tensor(int bits, Shape shape);
  /// Each value exactly, with the radius 0, which takes no room. Throws InputError where `bits` cannot hold
  /// it, naming the index.
  Tensor(int bits, Shape shape, std::span<const double> values);
  Tensor(int bits, Shape shape, std::span<const float> values);

  Tensor(Tensor&&) noexcept = default;
  Tensor& operator=(Tensor&&) noexcept = default;
  Tensor(const Tensor&) = delete;
  Tensor& operator=(const Tensor&) = delete;
  ~Tensor() = default;

  [[nodiscard]] Tensor copy() const;

  [[nodiscard]] int bits() const { return bits_; }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(heads_.size()); }
  /// The same elements in another shape of equal size.
  void reshape(Shape shape);

  /// An element for reading, valid while the tensor lives and is not written to.
  class View {
   public:
    operator mpfr_srcptr() const { return number_; }
    operator BallView() const { return {number_, radius_}; }

   private:
    friend class Tensor;
    mpfr_t number_;
    Radius radius_;
  };
  [[nodiscard]] View operator[](std::int64_t index) const;

  [[nodiscard]] Radius radius(std::int64_t index) const {
    return radii_.empty() ? Radius{} : radii_[static_cast<std::size_t>(index)];
  }
  /// Throws std::logic_error for a radius other than 0 in a tensor that was made of exact values, unless room
  /// was made for it.
  void set_radius(std::int64_t index, Radius radius);
  void make_room_for_radii() { radii_.resize(heads_.size()); }
  /// Whether all radii are 0.
  [[nodiscard]] bool is_exact() const;
  /// Whether the tensor was made of exact values, so that no element can have a radius other than 0.
  [[nodiscard]] bool has_no_radii() const { return radii_.empty(); }

  /// @name What is known of all distances together
  /// A bound of ‖x − m‖₂, the 2-norm of the distances of all elements x from their midpoints m. A linear map
  /// passes it on times its operator norm, where a radius grows by the sum of the magnitudes of a row.
  /// @{
  /// What was set; unbounded where nothing was.
  [[nodiscard]] Radius known_joint_radius() const { return joint_radius_; }
  /// What was set, or √size · the largest radius where nothing was.
  [[nodiscard]] Radius joint_radius() const;
  /// To be called after the elements and their radii were set, which it does not change; what is set later
  /// must be counted in. Keeps √size · the largest radius where that is less.
  void set_joint_radius(Radius radius);
  /// @}

  /// An element's midpoint for writing. The number is the tensor's once the Slot is gone; its radius stays
  /// what it was.
  class Slot {
   public:
    operator mpfr_ptr() { return number_; }
    ~Slot();
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

   private:
    friend class Tensor;
    Slot(Tensor& tensor, std::int64_t index);
    mpfr_t number_;
    Tensor& tensor_;
    std::int64_t index_;
  };
  [[nodiscard]] Slot slot(std::int64_t index) { return {*this, index}; }

  /// Sets element `index` to element `from_index` of a tensor of the same precision, with its radius.
  void copy_element(std::int64_t index, const Tensor& from, std::int64_t from_index);

  /// @name Access without MPFR, for the exact product
  /// @{
  [[nodiscard]] int limbs_per_element() const { return limbs_per_element_; }
  /// limbs_per_element() limbs, least significant first, top bit set for regular numbers.
  [[nodiscard]] const mp_limb_t* significand(std::int64_t index) const {
    return limbs_.data() + index * limbs_per_element_;
  }
  /// e of 2^(e−1) ≤ |x| < 2^e; of regular numbers only.
  [[nodiscard]] int exponent(std::int64_t index) const {
    return heads_[static_cast<std::size_t>(index)].exponent;
  }
  [[nodiscard]] bool is_zero(std::int64_t index) const { return kind(index) == MPFR_ZERO_KIND; }
  [[nodiscard]] bool is_regular(std::int64_t index) const { return kind(index) == MPFR_REGULAR_KIND; }
  [[nodiscard]] bool is_negative(std::int64_t index) const {
    return heads_[static_cast<std::size_t>(index)].kind < 0;
  }
  /// @}

 private:
  template <typename Value>
  void set_exactly(std::span<const Value> values);

  /// kind is MPFR's custom kind, negative for a negative sign.
  struct Head {
    std::int32_t exponent;
    std::int32_t kind;
  };
  [[nodiscard]] int kind(std::int64_t index) const {
    const int signed_kind = heads_[static_cast<std::size_t>(index)].kind;
    return signed_kind < 0 ? -signed_kind : signed_kind;
  }

  int bits_ = 0;
  int limbs_per_element_ = 0;
  Shape shape_;
  std::vector<mp_limb_t> limbs_;
  std::vector<Head> heads_;
  std::vector<Radius> radii_;  ///< empty: all are 0
  Radius joint_radius_ = Radius::unbounded();
};

/// max |x| rounded up to a power of two: the least e with |x| < 2^e for all elements; INT32_MIN if all are 0.
/// Throws std::logic_error if an element is NaN or infinite.
std::int32_t max_exponent(const Tensor& tensor);

/// √size · radius: the 2-norm of as many distances of up to `radius` each.
Radius joint_of_each(std::int64_t size, Radius radius);

/// A bound of the 2-norm of what rounding each element once to nearest, to the tensor's precision, may have
/// changed: √size · half a unit in the last place of the largest.
Radius joint_rounding(const Tensor& tensor);

/// The midpoints rounded to nearest double (ties to even).
std::vector<double> to_doubles(const Tensor& tensor);

}  // namespace relu0::reference
