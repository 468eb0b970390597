#pragma once
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include <boost/math/tools/roots.hpp>

namespace relu0::anytime {

/// Throws std::invalid_argument unless 0 < confidence < 1.
inline void require_confidence(double confidence) {
  if (!(confidence > 0 && confidence < 1)) {
    throw std::invalid_argument("a confidence sequence needs 0 < confidence < 1");
  }
}

/// log(1 / α) for a confidence 1 − α. Throws std::invalid_argument unless 0 < confidence < 1.
inline double log_threshold(double confidence) {
  require_confidence(confidence);
  return -std::log1p(-confidence);
}

/// @name Where a monotone log e-value passes a threshold
/// Bisection on [low, high] down to brackets whose ends agree to 52 bits; the end at which log_e reaches the
/// threshold is returned.
/// @{

/// For log_e that falls: the largest number at which it is known to reach `threshold`; `low` where it reaches
/// it nowhere. log_e(high) must be below.
template <typename LogE>
double where_it_falls_below(LogE log_e, double low, double high, double threshold) {
  if (!(low < high) || log_e(low) < threshold) {
    return low;
  }
  constexpr int digits = 52;
  std::uintmax_t steps = 2'000;  // more than there are halvings between 1 and the smallest double
  return boost::math::tools::bisect([&](double at) { return log_e(at) - threshold; }, low, high,
                                    boost::math::tools::eps_tolerance<double>(digits), steps)
      .first;
}

/// For log_e that grows: the smallest number at which it is known to reach `threshold`; `high` where it
/// reaches it nowhere. log_e(low) must be below.
template <typename LogE>
double where_it_rises_above(LogE log_e, double low, double high, double threshold) {
  return -where_it_falls_below([&](double at) { return log_e(-at); }, -high, -low, threshold);
}
/// @}

}  // namespace relu0::anytime
