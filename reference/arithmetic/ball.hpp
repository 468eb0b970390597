#pragma once
#include "reference/arithmetic/radius.hpp"
#include "reference/arithmetic/real.hpp"

#include <optional>

#include <mpfr.h>

namespace relu0::reference {

/// A real number that is known to lie within `radius` of `midpoint`, for reading. Radius 0: it is the
/// midpoint.
struct BallView {
  mpfr_srcptr midpoint;
  Radius radius;

  [[nodiscard]] bool is_exact() const { return radius.is_zero(); }
  /// A bound of the magnitudes in the ball.
  [[nodiscard]] Radius magnitude() const { return Radius::above_magnitude(midpoint) + radius; }
};

/// One ball of its own, to compute with. 0 when made.
class Ball {
 public:
  explicit Ball(mpfr_prec_t bits) : midpoint(bits) {}

  operator BallView() const { return {midpoint, radius}; }
  void set_zero() {
    mpfr_set_zero(midpoint, 1);
    radius = {};
  }

  Real midpoint;
  Radius radius;
};

/// Whether a ball lies below (−1) or above (1) a point or is exactly there (0); absent where the ball holds
/// the point and other numbers.
std::optional<int> side(const BallView& ball, double point);
/// −1 or 1 where all numbers of the ball have that sign; 0 for the number 0, and where the ball holds 0.
inline int certain_sign(const BallView& ball) { return side(ball, 0).value_or(0); }
/// Whether every number of a is less than every number of b.
bool is_certainly_less(const BallView& a, const BallView& b);
/// Whether a number lies in the ball.
bool contains(const BallView& ball, mpfr_srcptr x);

/// Operations on balls. Each sets `result` to the operation on the midpoints, rounded once to nearest at the
/// precision of `result`, and returns a radius with which the ball holds the operation's results of all
/// numbers in the operands' balls. `result` may be an operand's midpoint. Rigorous. x ± r, y ± s stand for
/// the operands, ρ for half a unit in the result's last place where the operation rounded, else 0.
namespace ball {

Radius set(mpfr_ptr result, const BallView& x);                     ///< r + ρ
Radius add(mpfr_ptr result, const BallView& x, const BallView& y);  ///< r + s + ρ
Radius subtract(mpfr_ptr result, const BallView& x, const BallView& y);
/// |xy − (x + δ)(y + ε)| = |x ε + δ (y + ε)| ≤ |x| s + r (|y| + s). So it is for a square too.
Radius of_product(const BallView& x, const BallView& y);
/// of_product() + ρ.
Radius multiply(mpfr_ptr result, const BallView& x, const BallView& y);
Radius multiply(mpfr_ptr result, const BallView& x, double factor);
/// xy + c: the product's radius, that of c, and ρ.
Radius multiply_add(mpfr_ptr result, const BallView& x, const BallView& y, const BallView& c);
/// ab − cd: the products' radii and ρ.
Radius difference_of_products(mpfr_ptr result, const BallView& a, const BallView& b, const BallView& c,
                              const BallView& d);
/// |x/y − (x + δ)/(y + ε)| = |δ − (x/y) ε| / |y + ε| ≤ (r + |x/y| s) / (|y| − s), + ρ; unbounded where |y| ≤
/// s.
Radius divide(mpfr_ptr result, const BallView& x, const BallView& y);
Radius divide(mpfr_ptr result, const BallView& x, std::int64_t divisor);
/// exp(x) (exp(r) − 1) + ρ. Of midpoints below −2^28 the result is 0 ± exp(x + r), or 2^−2^28 where that is
/// less, so that exponents keep a range.
Radius exp(mpfr_ptr result, const BallView& x);
/// By the mean value theorem r / (1 + x − r), + ρ; unbounded where 1 + x ≤ r.
Radius log1p(mpfr_ptr result, const BallView& x);
/// x^−1/2; by the mean value theorem r / 2 (x − r)^−3/2, + ρ; unbounded where x ≤ r.
Radius reciprocal_root(mpfr_ptr result, const BallView& x);
/// x^y for an exact y; by the mean value theorem |y| r max((x − r)^(y − 1), (x + r)^(y − 1)), + ρ; unbounded
/// where x ≤ r and r is not 0, and where y − 1 does not fit into 64 bits more than y has.
Radius power(mpfr_ptr result, const BallView& x, mpfr_srcptr y);

}  // namespace ball

}  // namespace relu0::reference
