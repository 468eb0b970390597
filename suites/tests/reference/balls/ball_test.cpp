// Operations on balls hold what they do to every number of their operands, and lack nothing of their
// formulas.
#include "reference/arithmetic/ball.hpp"

#include "fixtures/random/split_mix64.hpp"
#include "suites/tests/reference/balls/effort.hpp"

#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

/// Far more than the ends of balls take whose exponents lie within ±300 of each other.
constexpr int point_bits = 2200;
constexpr int ball_bits = 64;

using Compute = std::function<Radius(mpfr_ptr result, const BallView& x, const BallView& y)>;
/// The same of numbers, exactly or with so many bits that its rounding is nothing.
using Exact = std::function<void(mpfr_ptr result, mpfr_srcptr x, mpfr_srcptr y)>;

/// A ball of 64 bits. positive: all of its numbers are, and near 1.
void draw_ball(Ball& ball, SplitMix64& random, bool positive) {
  const auto exponent = [&random](int most) {
    return static_cast<long>(random.next() % static_cast<std::uint64_t>(2 * most + 1)) - most;
  };
  mpfr_set_ui(ball.midpoint, random.next() >> 1 | 1, MPFR_RNDN);
  mpfr_mul_2si(ball.midpoint, ball.midpoint, -63 + (positive ? exponent(2) : exponent(300)), MPFR_RNDN);
  if (!positive && (random.next() & 1) != 0) {
    mpfr_neg(ball.midpoint, ball.midpoint, MPFR_RNDN);
  }
  // None, as wide as a few units in the last place, or as wide as the number.
  const std::uint64_t sort = random.next() % 4;
  const long scale = mpfr_get_exp(ball.midpoint) - 32;
  ball.radius = sort == 0 ? Radius{}
                          : Radius::above(random.next() >> 34, scale + (sort == 1   ? -32
                                                                        : sort == 2 ? -4
                                                                        : positive  ? -2
                                                                                    : exponent(8)));
}

/// Sets `number` to the ball's midpoint plus `at` of its radius, exactly.
void set_point(mpfr_ptr number, const Ball& ball, double at) {
  Real radius(32);
  BallView(ball).radius.get(radius);
  mpfr_mul_d(number, radius, at, MPFR_RNDN);
  mpfr_add(number, number, ball.midpoint, MPFR_RNDN);
}

/// How many of the drawn operands have points whose result lies outside of the ball.
int escapes(const Compute& compute, const Exact& exact, bool positive = false) {
  SplitMix64 random(41);
  int count = 0;
  Ball x(ball_bits);
  Ball y(ball_bits);
  Ball result(ball_bits);
  Real a(point_bits);
  Real b(point_bits);
  Real truth(point_bits);
  for (int i = 0; i < 400 * test::effort(); ++i) {
    draw_ball(x, random, positive);
    draw_ball(y, random, positive);
    result.radius = compute(result.midpoint, x, y);
    bool all = true;
    for (const double at_x : {-1.0, 0.0, 0.75, 1.0}) {
      for (const double at_y : {-1.0, 0.0, -0.25, 1.0}) {
        set_point(a, x, at_x);
        set_point(b, y, at_y);
        exact(truth, a, b);
        all = all && (mpfr_number_p(truth) == 0 || contains(result, truth));
      }
    }
    count += all ? 0 : 1;
  }
  return count;
}

const Exact sum_of_numbers = [](mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr y) { mpfr_add(r, x, y, MPFR_RNDN); };
const Exact product_of_numbers = [](mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr y) {
  mpfr_mul(r, x, y, MPFR_RNDN);
};
const Exact quotient_of_numbers = [](mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr y) {
  mpfr_div(r, x, y, MPFR_RNDN);
};

TEST(BallOperations, HoldTheResultsOfAllOfTheirNumbers) {
  EXPECT_EQ(escapes(ball::add, sum_of_numbers), 0);
  EXPECT_EQ(
      escapes(ball::subtract, [](mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr y) { mpfr_sub(r, x, y, MPFR_RNDN); }),
      0);
  const Compute multiply = [](mpfr_ptr r, const BallView& x, const BallView& y) {
    return ball::multiply(r, x, y);
  };
  EXPECT_EQ(escapes(multiply, product_of_numbers), 0);
  EXPECT_EQ(escapes([](mpfr_ptr r, const BallView& x, const BallView&) { return ball::multiply(r, x, x); },
                    [](mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr) { mpfr_mul(r, x, x, MPFR_RNDN); }),
            0);
  EXPECT_EQ(escapes([](mpfr_ptr r, const BallView& x, const BallView&) { return ball::multiply(r, x, -0.3); },
                    [](mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr) { mpfr_mul_d(r, x, -0.3, MPFR_RNDN); }),
            0);
  EXPECT_EQ(
      escapes([](mpfr_ptr r, const BallView& x, const BallView& y) { return ball::multiply_add(r, x, y, x); },
              [](mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr y) { mpfr_fma(r, x, y, x, MPFR_RNDN); }),
      0);
  EXPECT_EQ(escapes([](mpfr_ptr r, const BallView& x,
                       const BallView& y) { return ball::difference_of_products(r, x, y, y, y); },
                    [](mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr y) { mpfr_fmms(r, x, y, y, y, MPFR_RNDN); }),
            0);
  const Compute divide = [](mpfr_ptr r, const BallView& x, const BallView& y) {
    return ball::divide(r, x, y);
  };
  EXPECT_EQ(escapes(divide, quotient_of_numbers), 0);
  EXPECT_EQ(escapes(divide, quotient_of_numbers, /*positive=*/true), 0);
  EXPECT_EQ(escapes([](mpfr_ptr r, const BallView& x,
                       const BallView&) { return ball::divide(r, x, std::int64_t{-7}); },
                    [](mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr) { mpfr_div_si(r, x, -7, MPFR_RNDN); }),
            0);
  EXPECT_EQ(escapes([](mpfr_ptr r, const BallView& x, const BallView&) { return ball::exp(r, x); },
                    [](mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr) { mpfr_exp(r, x, MPFR_RNDN); },
                    /*positive=*/true),
            0);
  EXPECT_EQ(escapes([](mpfr_ptr r, const BallView& x, const BallView&) { return ball::log1p(r, x); },
                    [](mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr) { mpfr_log1p(r, x, MPFR_RNDN); },
                    /*positive=*/true),
            0);
  EXPECT_EQ(
      escapes([](mpfr_ptr r, const BallView& x, const BallView&) { return ball::reciprocal_root(r, x); },
              [](mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr) { mpfr_rec_sqrt(r, x, MPFR_RNDN); },
              /*positive=*/true),
      0);
  for (const double exponent : {-0.75, -1.75, 2.5, 0.5}) {
    Real y(53);
    mpfr_set_d(y, exponent, MPFR_RNDN);
    EXPECT_EQ(escapes([&](mpfr_ptr r, const BallView& x, const BallView&) { return ball::power(r, x, y); },
                      [&](mpfr_ptr r, mpfr_srcptr x, mpfr_srcptr) { mpfr_pow(r, x, y, MPFR_RNDN); },
                      /*positive=*/true),
              0)
        << exponent;
  }
}

/// Each formula with a fault of which the points above must tell.
TEST(BallOperations, WithATermLessWouldNotHoldThem) {
  const auto midpoint_product = [](mpfr_ptr r, const BallView& x, const BallView& y) {
    return Radius::of_rounding(r, mpfr_mul(r, x.midpoint, y.midpoint, MPFR_RNDN));
  };
  const auto size = [](const BallView& x) { return Radius::above_magnitude(x.midpoint); };
  const std::vector<std::pair<std::string, Compute>> products{
      {"without |x| s",
       [&](mpfr_ptr r, const BallView& x, const BallView& y) {
         return x.radius * (size(y) + y.radius) + midpoint_product(r, x, y);
       }},
      {"without r |y|",
       [&](mpfr_ptr r, const BallView& x, const BallView& y) {
         return size(x) * y.radius + x.radius * y.radius + midpoint_product(r, x, y);
       }},
      {"without r s",
       [&](mpfr_ptr r, const BallView& x, const BallView& y) {
         return size(x) * y.radius + x.radius * size(y) + midpoint_product(r, x, y);
       }},
      {"without the rounding", [&](mpfr_ptr r, const BallView& x, const BallView& y) {
         (void)midpoint_product(r, x, y);
         return size(x) * y.radius + x.radius * (size(y) + y.radius);
       }}};
  for (const auto& [fault, faulty] : products) {
    EXPECT_GT(escapes(faulty, product_of_numbers), 0) << fault;
  }
  EXPECT_GT(escapes(
                [](mpfr_ptr r, const BallView& x, const BallView& y) {
                  const int ternary = mpfr_div(r, x.midpoint, y.midpoint, MPFR_RNDN);
                  // |y| where |y| − s belongs.
                  return (x.radius + Radius::above_magnitude(r) * y.radius).over(y.midpoint) +
                         Radius::of_rounding(r, ternary);
                },
                quotient_of_numbers, /*positive=*/true),
            0);
}

TEST(BallOperations, WithRadiiRoundedToNearestWouldNotHoldThem) {
  const Compute nearest = [](mpfr_ptr r, const BallView& x, const BallView& y) {
    const int ternary = mpfr_add(r, x.midpoint, y.midpoint, MPFR_RNDN);
    Real sum(32);
    Real other(32);
    x.radius.get(sum);
    y.radius.get(other);
    mpfr_add(sum, sum, other, MPFR_RNDN);
    Radius::of_rounding(r, ternary).get(other);
    mpfr_add(sum, sum, other, MPFR_RNDN);
    if (mpfr_zero_p(static_cast<mpfr_srcptr>(sum)) != 0) {
      return Radius{};
    }
    const long exponent = mpfr_get_exp(sum) - 32;
    mpfr_mul_2si(sum, sum, -exponent, MPFR_RNDN);
    return Radius::above(mpfr_get_ui(sum, MPFR_RNDN), exponent);
  };
  EXPECT_GT(escapes(nearest, sum_of_numbers), 0);
}

TEST(BallOperations, AreUnboundedWhereTheyAreNotDefined) {
  Ball around_zero(ball_bits);
  mpfr_set_d(around_zero.midpoint, 0.5, MPFR_RNDN);
  around_zero.radius = Radius::above(1, -1);
  Ball one(ball_bits);
  mpfr_set_ui(one.midpoint, 1, MPFR_RNDN);
  Real result(ball_bits);
  EXPECT_FALSE(ball::divide(result, one, around_zero).is_bounded());
  EXPECT_FALSE(ball::reciprocal_root(result, around_zero).is_bounded());
  mpfr_sub_ui(around_zero.midpoint, around_zero.midpoint, 1, MPFR_RNDN);
  EXPECT_FALSE(ball::log1p(result, {around_zero.midpoint, Radius::above(1, 0)}).is_bounded());
}

TEST(BallOperations, KeepExponentialsInRange) {
  Ball x(ball_bits);
  Real result(ball_bits);
  for (const double value : {-0x1p29, -0x1p40, -0x1p300}) {
    mpfr_set_d(x.midpoint, value, MPFR_RNDN);
    x.radius = {};
    const Radius radius = ball::exp(result, x);
    EXPECT_TRUE(mpfr_zero_p(static_cast<mpfr_srcptr>(result)));
    EXPECT_FALSE(radius.is_zero());
    EXPECT_LE(radius, Radius::above(1, -(1 << 28)));
    // As wide as the number: it reaches up to exp(0).
    x.radius = Radius::above_magnitude(value);
    EXPECT_TRUE(contains({result, ball::exp(result, x)}, Real(ball_bits)));
    EXPECT_GE(ball::exp(result, x), Radius::above(1, 0));
  }
}

TEST(BallSides, AreDecidedOnlyWhereTheBallDoesNotHoldThePoint) {
  Ball ball(ball_bits);
  const auto at = [&](double midpoint, Radius radius, double point) {
    mpfr_set_d(ball.midpoint, midpoint, MPFR_RNDN);
    ball.radius = radius;
    return side(ball, point);
  };
  const Radius one = Radius::above(1, 0);
  EXPECT_EQ(at(0, {}, 0), 0);
  EXPECT_EQ(at(0x1p-500, {}, 0), 1);
  EXPECT_EQ(at(-0x1p-500, {}, 0), -1);
  EXPECT_EQ(at(0, Radius::above(1, -500), 0), std::nullopt);
  EXPECT_EQ(at(1, one, 0), std::nullopt) << "it touches the point";
  EXPECT_EQ(at(-1, one, 0), std::nullopt);
  EXPECT_EQ(at(1 + 0x1p-52, one, 0), 1);
  EXPECT_EQ(at(-1 - 0x1p-52, one, 0), -1);
  EXPECT_EQ(at(3, one, 2), std::nullopt);
  EXPECT_EQ(at(3 + 0x1p-51, one, 2), 1);
  EXPECT_EQ(at(1 - 0x1p-52, one, 2), -1);
  EXPECT_EQ(at(2, {}, 2), 0);
  EXPECT_EQ(at(1e300, Radius::unbounded(), 0), std::nullopt);
}

TEST(BallSides, OrderBallsOnlyWhereTheyAreDisjoint) {
  Ball a(ball_bits);
  Ball b(ball_bits);
  mpfr_set_d(a.midpoint, 1, MPFR_RNDN);
  mpfr_set_d(b.midpoint, 2, MPFR_RNDN);
  EXPECT_TRUE(is_certainly_less(a, b));
  EXPECT_FALSE(is_certainly_less(b, a));
  a.radius = Radius::above(1, -1);
  b.radius = Radius::above(1, -1);
  EXPECT_FALSE(is_certainly_less(a, b)) << "they share 3/2";
  b.radius = Radius::above((std::uint64_t{1} << 31) - 1, -32);
  EXPECT_TRUE(is_certainly_less(a, b));
}

TEST(BallContains, ItsEndsAndNothingBeyond) {
  Ball ball(ball_bits);
  mpfr_set_d(ball.midpoint, 1, MPFR_RNDN);
  ball.radius = Radius::above(1, -400);
  Real x(point_bits);
  for (const int direction : {-1, 1}) {
    mpfr_set_si_2exp(x, direction, -400, MPFR_RNDN);
    mpfr_add_ui(x, x, 1, MPFR_RNDN);
    EXPECT_TRUE(contains(ball, x));
    if (direction > 0) {
      mpfr_nextabove(x);
    } else {
      mpfr_nextbelow(x);
    }
    EXPECT_FALSE(contains(ball, x));
  }
  mpfr_set_nan(x);
  EXPECT_FALSE(contains(ball, x));
}

}  // namespace
}  // namespace relu0::reference
