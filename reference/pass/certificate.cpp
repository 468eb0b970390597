#include "reference/pass/certificate.hpp"

#include "fixtures/error.hpp"
#include "reference/arithmetic/real.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace relu0::reference {

Certified certify(const Network& network, const Weights& weights, const BatchView& batch,
                  const CertifyOptions& options, const std::function<bool(const Certified&)>& conclusive,
                  const MakeLayer& make) {
  if (options.backprop.bits > max_bits - truth_margin) {
    throw InputError(fmt::format("certifying takes {} bits more: {} to {} can be certified, not {}",
                                 truth_margin, min_bits, max_bits - truth_margin, options.backprop.bits));
  }
  int bits = options.backprop.bits + truth_margin;
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
  while (!conclusive(result) && bits + truth_margin <= options.max_bits) {
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

bool sign_is_certain(const Certified& certified, std::size_t node, std::int64_t index) {
  return is_certainly_not(0, certified, node, index);
}

bool is_certainly_not(double point, const Certified& certified, std::size_t node, std::int64_t index) {
  const KinkInput& truth = certified.truth.kink_input(node);
  if (truth.exact) {
    return mpfr_cmp_d(truth.values[index], point) != 0;
  }
  Real doubt(64);
  uncertainty(doubt, certified.check.kink_input(node).values, truth.values, index);
  mpfr_mul_2ui(doubt, doubt, 1, MPFR_RNDA);
  if (point == 0) {
    return mpfr_cmpabs(truth.values[index], doubt) > 0;
  }
  Real distance(truth.values.bits());
  mpfr_sub_d(distance, truth.values[index], point, MPFR_RNDZ);
  return mpfr_cmpabs(distance, doubt) > 0;
}

int agreed_bits(const Tensor& check, const Tensor& truth) {
  Real difference(64);
  Real largest_difference(64);
  Real largest(truth.bits());
  for (std::int64_t i = 0; i < truth.size(); ++i) {
    uncertainty(difference, check, truth, i);
    if (mpfr_number_p(difference) == 0) {
      throw std::logic_error("two runs of which one is not finite agree in nothing");
    }
    mpfr_max(largest_difference, largest_difference, difference, MPFR_RNDA);
    if (mpfr_cmpabs(truth[i], largest) > 0) {
      mpfr_abs(largest, truth[i], MPFR_RNDN);
    }
  }
  if (mpfr_zero_p(largest_difference) != 0) {
    return check.bits();
  }
  if (mpfr_zero_p(largest) != 0) {
    return 0;
  }
  // The greatest k with largest_difference ≤ 2^−k largest: the distance of the exponents, or one less.
  std::int64_t agreed = mpfr_get_exp(largest) - mpfr_get_exp(largest_difference);
  mpfr_set_exp(largest_difference, mpfr_get_exp(largest));
  if (mpfr_greater_p(largest_difference, largest) != 0) {
    --agreed;
  }
  return static_cast<int>(std::clamp<std::int64_t>(agreed, 0, check.bits()));
}

int agreed_bits(const Certified& certified) {
  if (certified.truth.parameters.empty()) {
    throw std::logic_error("no gradients that could agree");
  }
  int least = certified.check.loss.bits();
  for (std::size_t i = 0; i < certified.truth.parameters.size(); ++i) {
    least = std::min(least, agreed_bits(certified.check.parameters[i], certified.truth.parameters[i]));
  }
  return least;
}

}  // namespace relu0::reference
