#pragma once
#include "reference/gradient/number.hpp"

#include <cstdint>
#include <vector>

namespace relu0::reference {

/// All real numbers within `radius` of `midpoint`. Those that the reference returns hold the true number: a
/// proof.
struct NumberBall {
  Number midpoint;
  Number radius;  ///< ≥ 0, +∞ where nothing is known; 0 where the midpoint is the number

  /// −log2(radius / |midpoint|) or up to 2 less, at least 0: how many leading bits of the midpoint are right.
  /// The bits of the midpoint where the radius is 0.
  [[nodiscard]] int proven_bits() const;
  [[nodiscard]] bool contains(const Number& x) const;
  [[nodiscard]] bool contains(double x) const;
  /// Whether some number lies in both balls.
  [[nodiscard]] bool overlaps(const NumberBall& other) const;
};

/// A dense tensor of balls of any number of dimensions, row-major.
struct BallTensor {
  std::vector<std::int64_t> shape;
  std::vector<NumberBall> values;
};

}  // namespace relu0::reference
