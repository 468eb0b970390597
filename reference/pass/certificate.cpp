#include "reference/pass/certificate.hpp"

#include "fixtures/error.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

namespace relu0::reference {

namespace {

int up_to_step(int bits) { return (bits + bits_step - 1) / bits_step * bits_step; }

}  // namespace

Backprop certify(const Network& network, const Weights& weights, const BatchView& batch,
                 const CertifyOptions& options, const MissingBits& missing_bits, const MakeLayer& make) {
  if (options.max_bits < options.backprop.bits || options.max_bits > max_bits) {
    throw InputError(fmt::format("at most {} bits are allowed, and the first run has {}: allow {} to {}",
                                 options.max_bits, options.backprop.bits, options.backprop.bits, max_bits));
  }
  BackpropOptions at = options.backprop;
  const auto fits = [&](int bits) { return memory_estimate(network, batch.size, bits) <= at.memory_limit; };
  int likely = std::min(up_to_step(options.likely_bits), options.max_bits);
  while (likely > at.bits && !fits(likely)) {
    likely -= bits_step;
  }
  at.bits = std::max(at.bits, likely);
  while (true) {
    Backprop run = backprop(network, weights, batch, at, make);
    const int missing = missing_bits(run);
    if (missing <= 0 || at.bits >= options.max_bits) {
      return run;
    }
    // Beyond a multiple of bits_step at least by one bit, as radii are bounds.
    at.bits = std::min(up_to_step(at.bits + std::min(missing, max_bits) + 1), options.max_bits);
    if (!fits(at.bits)) {
      return run;
    }
  }
}

int proven_bits(const Tensor& tensor) {
  Radius widest;
  std::int64_t largest = std::numeric_limits<std::int32_t>::min();
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    widest = std::max(widest, tensor.radius(i));
    if (tensor.is_regular(i)) {
      largest = std::max<std::int64_t>(largest, tensor.exponent(i));
    }
  }
  if (widest.is_zero()) {
    return tensor.bits();
  }
  if (!widest.is_bounded()) {
    return 0;
  }
  // The largest is at least 2^(largest − 1), and the widest radius below 2^exponent.
  return static_cast<int>(std::clamp<std::int64_t>(largest - 1 - widest.exponent(), 0, tensor.bits()));
}

int proven_bits(const Backprop& run) {
  if (run.parameters.empty()) {
    throw std::logic_error("no gradients of which anything could be proven");
  }
  int least = run.loss.bits();
  for (const Tensor& gradient : run.parameters) {
    least = std::min(least, proven_bits(gradient));
  }
  return least;
}

int bits_above(Radius radius, std::int64_t exponent, int bits) {
  if (radius.is_zero()) {
    return 0;
  }
  return radius.is_bounded()
             ? static_cast<int>(std::clamp<std::int64_t>(radius.exponent() - exponent, 0, max_bits))
             : bits;
}

}  // namespace relu0::reference
