#include "suites/tests/reference/oracle/ball.hpp"

#include <stdexcept>
#include <utility>

namespace relu0::oracle {

namespace {

/// A ball around what an MPFR function computed; `ternary` is 0 where it rounded nothing.
Ball around(Number middle, Number radius, int ternary) {
  if (ternary != 0) {
    radius += abs(middle) * unit_roundoff();
  }
  return {std::move(middle), std::move(radius)};
}

}  // namespace

Ball operator+(const Ball& a, const Ball& b) {
  Number middle;
  const int ternary =
      mpfr_add(middle.backend().data(), a.middle.backend().data(), b.middle.backend().data(), MPFR_RNDN);
  return around(std::move(middle), a.radius + b.radius, ternary);
}

Ball operator-(const Ball& a) { return {-a.middle, a.radius}; }

Ball operator-(const Ball& a, const Ball& b) { return a + (-b); }

Ball operator*(const Ball& a, const Ball& b) {
  Number middle;
  const int ternary =
      mpfr_mul(middle.backend().data(), a.middle.backend().data(), b.middle.backend().data(), MPFR_RNDN);
  Number radius = abs(a.middle) * b.radius + a.radius * abs(b.middle) + a.radius * b.radius;
  return around(std::move(middle), std::move(radius), ternary);
}

Ball operator/(const Ball& a, const Ball& b) {
  const Number nearest = abs(b.middle) - b.radius;
  if (nearest <= 0) {
    throw std::domain_error("a division by a ball that holds 0");
  }
  Number middle;
  const int ternary =
      mpfr_div(middle.backend().data(), a.middle.backend().data(), b.middle.backend().data(), MPFR_RNDN);
  // |x/y − a/b| = |b (x − a) − a (y − b)| / |b y|.
  Number radius = (a.radius + (abs(middle) * (1 + unit_roundoff())) * b.radius) / nearest;
  return around(std::move(middle), std::move(radius), ternary);
}

Ball exp(const Ball& a) {
  if (a.radius > 1) {
    throw std::domain_error("the exponential of a ball of a radius above 1");
  }
  Number middle;
  const int ternary = mpfr_exp(middle.backend().data(), a.middle.backend().data(), MPFR_RNDN);
  // e^r − 1 ≤ r + r² for 0 ≤ r ≤ 1.
  Number radius = middle * (1 + unit_roundoff()) * (a.radius + a.radius * a.radius);
  return around(std::move(middle), std::move(radius), ternary);
}

Ball log(const Ball& a) {
  const Number nearest = a.middle - a.radius;
  if (nearest <= 0) {
    throw std::domain_error("the logarithm of a ball that is not positive");
  }
  Number middle;
  const int ternary = mpfr_log(middle.backend().data(), a.middle.backend().data(), MPFR_RNDN);
  return around(std::move(middle), a.radius / nearest, ternary);
}

Ball sqrt(const Ball& a) {
  if (a.middle - a.radius <= 0) {
    throw std::domain_error("the square root of a ball that is not positive");
  }
  Number middle;
  const int ternary = mpfr_sqrt(middle.backend().data(), a.middle.backend().data(), MPFR_RNDN);
  // |√x − √a| = |x − a| / (√x + √a) ≤ |x − a| / √a.
  Number radius = a.radius / (middle * (1 - unit_roundoff()));
  return around(std::move(middle), std::move(radius), ternary);
}

Ball& Ball::operator+=(const Ball& other) { return *this = *this + other; }
Ball& Ball::operator-=(const Ball& other) { return *this = *this - other; }
Ball& Ball::operator*=(const Ball& other) { return *this = *this * other; }

Ball widened(Ball ball, const Number& by) {
  ball.radius += by;
  return ball;
}

bool is_within(const Number& value, const Ball& ball) {
  static const Number slack = 1 + power_of_two(-1000);
  return abs(value - ball.middle) <= ball.radius * slack;
}

bool is_certainly_greater(const Ball& a, const Ball& b) { return a.middle - a.radius > b.middle + b.radius; }

}  // namespace relu0::oracle
