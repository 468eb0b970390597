#pragma once
#include <Eigen/Core>
#include <boost/multiprecision/eigen.hpp>
#include <boost/multiprecision/mpfr.hpp>

namespace relu0::oracle {

/// 400 decimal digits, 1,330 bits or more: far beyond what the oracle judges.
using Number = boost::multiprecision::number<boost::multiprecision::mpfr_float_backend<400>,
                                             boost::multiprecision::et_off>;

/// 2^exponent.
inline Number power_of_two(int exponent) { return ldexp(Number(1), exponent); }

/// What one operation of the oracle itself may be off by, relative to its result.
inline const Number& unit_roundoff() {
  static const Number value = power_of_two(-1320);
  return value;
}

/// All real numbers within `radius` of `middle`. An operation's result holds every result of numbers of its
/// operands; radii are computed in 400 digits too, to nearest, which is_within() allows for.
struct Ball {
  Ball() = default;
  Ball(int value) : middle(value) {}
  Ball(double value) : middle(value) {}
  Ball(Number at, Number within) : middle(std::move(at)), radius(std::move(within)) {}

  [[nodiscard]] Number magnitude() const { return abs(middle) + radius; }
  [[nodiscard]] bool is_exact() const { return radius == 0; }

  Ball& operator+=(const Ball& other);
  Ball& operator-=(const Ball& other);
  Ball& operator*=(const Ball& other);

  Number middle = 0;
  Number radius = 0;
};

Ball operator+(const Ball& a, const Ball& b);
Ball operator-(const Ball& a, const Ball& b);
Ball operator-(const Ball& a);
Ball operator*(const Ball& a, const Ball& b);
/// Throws std::domain_error where b holds 0.
Ball operator/(const Ball& a, const Ball& b);
/// For radii of at most 1. Throws std::domain_error otherwise.
Ball exp(const Ball& a);
/// The argument is a positive ball; both throw std::domain_error otherwise.
Ball log(const Ball& a);
Ball sqrt(const Ball& a);

/// The ball widened by `by`.
Ball widened(Ball ball, const Number& by);

/// Whether the ball may hold the value. What the radius itself may have been rounded by is added: 2^−1,000 of
/// it covers more operations than a test can make.
bool is_within(const Number& value, const Ball& ball);

/// Whether every number of a is greater than every number of b.
bool is_certainly_greater(const Ball& a, const Ball& b);

using Matrix = Eigen::Matrix<Ball, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace relu0::oracle

template <>
struct Eigen::NumTraits<relu0::oracle::Ball> : Eigen::GenericNumTraits<relu0::oracle::Ball> {
  using Real = relu0::oracle::Ball;
  using NonInteger = relu0::oracle::Ball;
  using Nested = relu0::oracle::Ball;
  enum {
    IsComplex = 0,
    IsInteger = 0,
    IsSigned = 1,
    RequireInitialization = 1,
    ReadCost = 2,
    AddCost = 8,
    MulCost = 16
  };
};
