#pragma once
#include <cstdint>
#include <vector>

#include <Eigen/Core>
#include <boost/multiprecision/eigen.hpp>
#include <boost/multiprecision/mpfr.hpp>

namespace relu0::reference {

/// An MPFR number that carries its own precision. What relu0 returns has exactly the bits asked for, whatever
/// Number::default_precision() says. Boost counts a precision in decimal digits and, for an operator, takes
/// the larger of its operands' digits; mpfr_get_prec(x.backend().data()) gives the bits.
using Number = boost::multiprecision::number<boost::multiprecision::mpfr_float_backend<0>,
                                             boost::multiprecision::et_off>;

using NumberMatrix = Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using DoubleMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A dense tensor of any number of dimensions, row-major.
struct NumberTensor {
  std::vector<std::int64_t> shape;
  std::vector<Number> values;
};

/// Rounded to nearest at `bits` bits.
Number rounded(mpfr_srcptr value, int bits);

}  // namespace relu0::reference
