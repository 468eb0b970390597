#pragma once
#include "reference/arithmetic/tensor.hpp"

#include <cstdint>

namespace relu0::reference {

/// The powers exp(z − max z) of rows of logits, with guard bits; max z is that of the midpoints, and any
/// other logit would give the same softmax: that of the winner is exactly 1, and nothing is open. Sequential:
/// a few classes a sample.
class SoftmaxRows {
 public:
  SoftmaxRows(int bits, std::int64_t batch, std::int64_t classes);

  /// Computes them. The logits have `bits` bits.
  void set(const Tensor& logits);

  [[nodiscard]] int inner_bits() const { return exponentials_.bits(); }
  [[nodiscard]] std::int64_t classes() const { return classes_; }
  /// The element (batch-major) of a sample's first largest logit.
  [[nodiscard]] std::int64_t winner(std::int64_t sample) const {
    return winners_[static_cast<std::size_t>(sample)];
  }
  [[nodiscard]] const Tensor& exponentials() const { return exponentials_; }
  /// Σ of a sample's exponentials without element `without`. Returns its radius.
  Radius sum_others(mpfr_ptr result, std::int64_t sample, std::int64_t without) const;
  /// (max z − z) + log1p(Σ of the exponentials without the winner's): −log softmax of an element, a sum of
  /// terms ≥ 0, so that it keeps its relative accuracy however sure the network is. Returns its radius.
  Radius negative_log(mpfr_ptr result, const Tensor& logits, std::int64_t element) const;

 private:
  std::int64_t batch_;
  std::int64_t classes_;
  std::vector<std::int64_t> winners_;
  Tensor exponentials_;
};

}  // namespace relu0::reference
