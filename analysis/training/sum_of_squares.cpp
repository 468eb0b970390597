#include "analysis/training/sum_of_squares.hpp"

#include "reference/arithmetic/vector_clones.hpp"

#include <array>
#include <numeric>

namespace relu0 {

namespace {

constexpr std::size_t lanes = 16;

// Inlined into each clone, so that it is compiled for its instruction set.
template <typename Real>
inline __attribute__((always_inline)) double in_lanes(std::span<const Real> values) {
  const std::size_t count = values.size();
  std::array<double, lanes> sums{};
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const auto x = static_cast<double>(values[i + lane]);
      sums[lane] += x * x;
    }
  }
  for (std::size_t lane = 0; i < count; ++i, ++lane) {
    const auto x = static_cast<double>(values[i]);
    sums[lane] += x * x;
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace

RELU0_VECTOR_CLONES double sum_of_squares(std::span<const float> values) { return in_lanes(values); }

RELU0_VECTOR_CLONES double sum_of_squares(std::span<const double> values) { return in_lanes(values); }

}  // namespace relu0
