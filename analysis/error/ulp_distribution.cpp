#include "analysis/error/ulp_distribution.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace relu0 {

void UlpDistribution::count(double ulps) {
  if (!std::isfinite(ulps)) {
    ++non_finite;
  } else if (ulps == 0) {
    ++exact;
  } else {
    int exponent = 0;
    // |ulps| = mantissa 2^exponent with a mantissa in [1/2, 1): a power of two belongs to the binade below.
    const double mantissa = std::frexp(ulps, &exponent);
    const int binade = std::clamp(mantissa == 0.5 ? exponent - 1 : exponent, lowest, highest);
    ++binades[static_cast<std::size_t>(binade - lowest)];
  }
}

void UlpDistribution::add(const UlpDistribution& other) {
  exact += other.exact;
  non_finite += other.non_finite;
  for (std::size_t i = 0; i < binades.size(); ++i) {
    binades[i] += other.binades[i];
  }
}

std::int64_t UlpDistribution::within(int binade) const {
  return std::accumulate(binades.begin(), binades.begin() + (binade - lowest + 1), exact);
}

std::optional<double> UlpDistribution::quantile_bound(double q) const {
  if (total() == 0) {
    return std::nullopt;
  }
  const double wanted = q * static_cast<double>(total());
  if (static_cast<double>(exact) >= wanted) {
    return 0;
  }
  for (int binade = lowest; binade <= highest; ++binade) {
    if (static_cast<double>(within(binade)) >= wanted) {
      return std::ldexp(1.0, binade);
    }
  }
  return std::numeric_limits<double>::infinity();
}

std::int64_t UlpDistribution::total() const {
  return exact + non_finite + std::accumulate(binades.begin(), binades.end(), std::int64_t{0});
}

}  // namespace relu0
