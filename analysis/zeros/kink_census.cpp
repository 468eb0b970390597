#include "analysis/zeros/kink_census.hpp"

#include "reference/arithmetic/vector_clones.hpp"

#include <numeric>

namespace relu0 {

std::int64_t KinkCensus::total() const {
  return std::accumulate(kinks.begin(), kinks.end(), std::int64_t{0},
                         [](std::int64_t sum, const KinkHits& hits) { return sum + hits.total; });
}

std::int64_t KinkCensus::total(Kink kink) const {
  return std::accumulate(kinks.begin(), kinks.end(), std::int64_t{0},
                         [kink](std::int64_t sum, const KinkHits& hits) {
                           return hits.place.kink == kink ? sum + hits.total : sum;
                         });
}

RELU0_VECTOR_CLONES std::int64_t relu_counting_zeros(const float* __restrict__ in, float* __restrict__ out,
                                                     std::int64_t count) {
  std::int32_t zeros = 0;  // a row is far shorter than 2^31; 32-bit counters keep the loop in full vectors
  for (std::int64_t i = 0; i < count; ++i) {
    zeros += in[i] == 0.0F ? 1 : 0;
    out[i] = in[i] < 0.0F ? 0.0F : in[i];
  }
  return zeros;
}

RELU0_VECTOR_CLONES std::int64_t relu_counting_zeros(const double* __restrict__ in, double* __restrict__ out,
                                                     std::int64_t count) {
  std::int64_t zeros = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    zeros += in[i] == 0.0 ? 1 : 0;
    out[i] = in[i] < 0.0 ? 0.0 : in[i];
  }
  return zeros;
}

}  // namespace relu0
