#include "reference/operations/losses/softmax_rows.hpp"

#include "reference/arithmetic/ball.hpp"
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
      if (i == winner) {
        mpfr_set_ui(power, 1, MPFR_RNDN);
        exponentials_.set_radius(i, {});
      } else {
        const Radius of_difference = ball::subtract(power, logits[i], logits[winner]);
        exponentials_.set_radius(i, ball::exp(power, {power, of_difference}));
      }
    }
  }
}

Radius SoftmaxRows::sum_others(mpfr_ptr result, std::int64_t sample, std::int64_t without) const {
  Offsets at = offsets({{classes_, 1, sample * classes_}});
  std::erase(at, without);
  return sum(result, exponentials_, at);
}

Radius SoftmaxRows::negative_log(mpfr_ptr result, const Tensor& logits, std::int64_t element) const {
  const std::int64_t sample = element / classes_;
  const Radius of_others = sum_others(result, sample, winner(sample));
  const Radius of_log = ball::log1p(result, {result, of_others});
  if (element == winner(sample)) {
    return of_log;
  }
  Ball gap(inner_bits());
  gap.radius = ball::subtract(gap.midpoint, logits[winner(sample)], logits[element]);
  return ball::add(result, {result, of_log}, gap);
}

}  // namespace relu0::reference
