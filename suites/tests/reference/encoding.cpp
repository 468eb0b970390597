#include "suites/tests/reference/encoding.hpp"

#include "fixtures/random/split_mix64.hpp"
#include "reference/arithmetic/real.hpp"

#include <algorithm>
#include <limits>

namespace relu0::reference {

void Encoding::value(mpfr_ptr result, std::uint64_t pattern) const {
  const std::uint64_t exponent = pattern >> fraction_bits;
  const std::uint64_t fraction = pattern - (exponent << fraction_bits);
  const std::uint64_t hidden = exponent == 0 ? 0 : std::uint64_t{1} << fraction_bits;
  const int scale = floor_exponent() + std::max(0, static_cast<int>(exponent) - 1);
  mpfr_set_ui_2exp(result, hidden + fraction, scale, MPFR_RNDN);
}

double Encoding::value(std::uint64_t pattern) const {
  if (pattern == infinity()) {
    return std::numeric_limits<double>::infinity();
  }
  Real result(53);
  value(result, pattern);
  return mpfr_get_d(result, MPFR_RNDN);
}

std::vector<Encoding> encodings() {
  return {{.precision = Precision::fp16, .exponent_bits = 5, .fraction_bits = 10},
          {.precision = Precision::bf16, .exponent_bits = 8, .fraction_bits = 7},
          {.precision = Precision::fp32, .exponent_bits = 8, .fraction_bits = 23},
          {.precision = Precision::fp64, .exponent_bits = 11, .fraction_bits = 52}};
}

Encoding encoding(Precision precision) {
  const auto all = encodings();
  return *std::find_if(all.begin(), all.end(), [&](const Encoding& e) { return e.precision == precision; });
}

std::vector<std::uint64_t> sample_patterns(const Encoding& encoding) {
  std::vector<std::uint64_t> result;
  if (encoding.infinity() < (1U << 16)) {
    for (std::uint64_t pattern = 0; pattern < encoding.infinity(); ++pattern) {
      result.push_back(pattern);
    }
    return result;
  }
  constexpr std::uint64_t reach = 8;
  const std::uint64_t binade = std::uint64_t{1} << encoding.fraction_bits;
  for (std::uint64_t power = 0; power <= encoding.infinity(); power += binade) {
    const std::uint64_t first = power - std::min(power, reach);
    const std::uint64_t last = std::min(power + reach, encoding.infinity() - 1);
    for (std::uint64_t pattern = first; pattern <= last; ++pattern) {
      result.push_back(pattern);
    }
  }
  // Powers of two below the smallest normal number stand elsewhere.
  for (int bit = 0; bit < encoding.fraction_bits; ++bit) {
    result.push_back(std::uint64_t{1} << bit);
    result.push_back((std::uint64_t{1} << bit) - 1);
  }
  SplitMix64 random(20261124);
  for (int i = 0; i < 20000; ++i) {
    result.push_back(random.next() % encoding.infinity());
  }
  return result;
}

}  // namespace relu0::reference
