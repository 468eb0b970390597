#include "reference/certificate.hpp"

#include "fixtures/error.hpp"
#include "reference/real.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace relu0::reference {

Certified certify(const Network& network, const Weights& weights, const Batch& batch,
                  const CertifyOptions& options, const std::function<bool(const Certified&)>& conclusive,
                  const MakeLayer& make) {
  constexpr int step = 64;
  int bits = options.backprop.bits + step;
  if (options.max_bits < bits || options.max_bits > max_bits) {
    throw InputError(
        fmt::format("at most {} bits are allowed, and certifying {} bits takes {}: allow {} to {}",
                    options.max_bits, options.backprop.bits, bits, bits, max_bits));
  }
  const auto run = [&](int at) {
    BackpropOptions with_bits = options.backprop;
    with_bits.bits = at;
    return backprop(network, weights, batch, with_bits, make);
  };
  Certified result{.check = run(options.backprop.bits), .truth = run(bits)};
  while (!conclusive(result) && bits < options.max_bits) {
    bits = std::min(2 * bits, options.max_bits);
    result.check = std::move(result.truth);
    result.truth = run(bits);
  }
  return result;
}

void uncertainty(mpfr_ptr result, const Tensor& check, const Tensor& truth, std::int64_t index) {
  mpfr_sub(result, check[index], truth[index], MPFR_RNDA);
  mpfr_abs(result, result, MPFR_RNDA);
}

int agreed_bits(const Tensor& check, const Tensor& truth) {
  Real difference(64);
  std::int64_t largest = std::numeric_limits<std::int32_t>::min();
  for (std::int64_t i = 0; i < truth.size(); ++i) {
    uncertainty(difference, check, truth, i);
    if (mpfr_zero_p(difference) == 0) {
      largest = std::max<std::int64_t>(largest, mpfr_get_exp(difference));
    }
  }
  // |difference| < 2^largest and max |truth| ≥ 2^(max_exponent − 1).
  const std::int64_t agreed = std::int64_t{max_exponent(truth)} - 1 - largest;
  return static_cast<int>(std::clamp<std::int64_t>(agreed, 0, check.bits()));
}

int agreed_bits(const Certified& certified) {
  int least = certified.check.loss.bits();
  for (std::size_t i = 0; i < certified.truth.parameters.size(); ++i) {
    least = std::min(least, agreed_bits(certified.check.parameters[i], certified.truth.parameters[i]));
  }
  return least;
}

}  // namespace relu0::reference
