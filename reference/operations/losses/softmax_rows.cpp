#include "reference/operations/losses/softmax_rows.hpp"

#include "reference/arithmetic/real.hpp"
#include "reference/arithmetic/sum.hpp"
#include "reference/operations/layer.hpp"
#include "reference/operations/offsets.hpp"

namespace relu0::reference {

SoftmaxRows::SoftmaxRows(int bits, std::int64_t batch, std::int64_t classes)
    : batch_{batch}, classes_{classes}, exponentials_(bits + guard_bits, {batch, classes}) {}

void SoftmaxRows::set(const Tensor& logits) {
  winners_.clear();
  for (std::int64_t sample = 0; sample < batch_; ++sample) {
    std::int64_t winner = sample * classes_;
    for (std::int64_t i = winner; i < (sample + 1) * classes_; ++i) {
      if (mpfr_greater_p(logits[i], logits[winner]) != 0) {
        winner = i;
      }
    }
    winners_.push_back(winner);
    for (std::int64_t i = sample * classes_; i < (sample + 1) * classes_; ++i) {
      Tensor::Slot power = exponentials_.slot(i);
      mpfr_sub(power, logits[i], logits[winner], MPFR_RNDN);
      mpfr_exp(power, power, MPFR_RNDN);
    }
  }
}

void SoftmaxRows::sum_others(mpfr_ptr result, std::int64_t sample, std::int64_t without) const {
  Offsets at = offsets({{classes_, 1, sample * classes_}});
  std::erase(at, without);
  sum(result, exponentials_, at);
}

void SoftmaxRows::negative_log(mpfr_ptr result, const Tensor& logits, std::int64_t element) const {
  const std::int64_t sample = element / classes_;
  sum_others(result, sample, winner(sample));
  mpfr_log1p(result, result, MPFR_RNDN);
  Real gap(inner_bits());
  mpfr_sub(gap, logits[winner(sample)], logits[element], MPFR_RNDN);
  mpfr_add(result, result, gap, MPFR_RNDN);
}

}  // namespace relu0::reference
