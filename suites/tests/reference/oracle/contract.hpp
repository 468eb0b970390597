#pragma once
#include "suites/tests/reference/oracle/ball.hpp"

namespace relu0::oracle {

/// What the judged implementation may round, as its contract states it (product.hpp, layer.hpp, sum.hpp).
/// Every ball of the oracle holds the exact value of the textbook's formula and whatever an implementation
/// within this contract computes.
struct Contract {
  int bits;  ///< p: results are rounded to so many bits
  /// Whether products truncate their operands, by K 2^−(p + 8) max|x| max|y| in all.
  bool truncates = true;
};

/// What products of two matrices may be off by: for each element K 2^−(p + 8) max|x| max|y| + 2^−p |sum|,
/// with the maxima over all elements, which are at least those over the rows that the contract names. 0 where
/// no operand or sum has more than 40 bits around the binary point: nothing is truncated then, and nothing
/// rounded.
void allow_product_roundings(Matrix& sums, Eigen::Index inner, const Matrix& x, const Matrix& y,
                             const Contract& contract);

/// One rounding to nearest: 2^−p of the result.
void allow_rounding(Ball& result, const Contract& contract);
void allow_roundings(Matrix& results, const Contract& contract);

/// One rounding of a layer that is no product: (1/2 + 2^−20) ulp, at most (1 + 2^−19) 2^−p of the result.
void allow_layer_rounding(Ball& result, const Contract& contract);
void allow_layer_roundings(Matrix& results, const Contract& contract);

/// A sum inside a layer, which has p + 64 bits: each of its additions may be off by 2^−(p + 64) of the terms'
/// magnitudes, however much they cancel.
class Sum {
 public:
  void add(const Ball& term) {
    sum_ += term;
    magnitudes_ += term.magnitude();
    ++terms_;
  }
  [[nodiscard]] Ball get(const Contract& contract) const {
    return widened(sum_, terms_ * power_of_two(-(contract.bits + 64)) * magnitudes_);
  }

 private:
  Ball sum_;
  Number magnitudes_ = 0;
  int terms_ = 0;
};

}  // namespace relu0::oracle
