#include "analysis/zeros/zero_census.hpp"

#include "reference/arithmetic/vector_clones.hpp"

#include <numeric>

namespace relu0 {

std::int64_t ZeroCensus::total() const {
  return std::accumulate(layers.begin(), layers.end(), std::int64_t{0},
                         [](std::int64_t sum, const LayerZeros& layer) { return sum + layer.total; });
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
