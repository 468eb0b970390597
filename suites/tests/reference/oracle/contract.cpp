#include "suites/tests/reference/oracle/contract.hpp"

#include <algorithm>

namespace relu0::oracle {

namespace {

using Index = Eigen::Index;

Number largest_magnitude(const Matrix& matrix) {
  Number result = 0;
  for (Index i = 0; i < matrix.size(); ++i) {
    result = std::max<Number>(result, matrix.data()[i].magnitude());
  }
  return result;
}

/// Whether all elements are multiples of 2^−20 below 2^20, without doubt.
bool are_short(const Matrix& matrix) {
  return std::all_of(matrix.data(), matrix.data() + matrix.size(), [](const Ball& ball) {
    const Number scaled = ldexp(ball.middle, 20);
    return ball.is_exact() && scaled == trunc(scaled) && abs(ball.middle) < power_of_two(20);
  });
}

}  // namespace

void allow_product_roundings(Matrix& sums, Index inner, const Matrix& x, const Matrix& y,
                             const Contract& contract) {
  if (are_short(x) && are_short(y) && are_short(sums)) {
    return;
  }
  const Number truncation = contract.truncates ? Number(inner) * power_of_two(-(contract.bits + 8)) *
                                                     largest_magnitude(x) * largest_magnitude(y)
                                               : Number(0);
  for (Index i = 0; i < sums.size(); ++i) {
    Ball& sum = sums.data()[i];
    // The one rounding is of what truncation left of the sum.
    sum = widened(sum, truncation);
    allow_rounding(sum, contract);
  }
}

void allow_rounding(Ball& result, const Contract& contract) {
  result = widened(result, power_of_two(-contract.bits) * result.magnitude());
}

void allow_roundings(Matrix& results, const Contract& contract) {
  for (Index i = 0; i < results.size(); ++i) {
    allow_rounding(results.data()[i], contract);
  }
}

void allow_layer_rounding(Ball& result, const Contract& contract) {
  result = widened(result, (1 + power_of_two(-19)) * power_of_two(-contract.bits) * result.magnitude());
}

void allow_layer_roundings(Matrix& results, const Contract& contract) {
  for (Index i = 0; i < results.size(); ++i) {
    allow_layer_rounding(results.data()[i], contract);
  }
}

}  // namespace relu0::oracle
