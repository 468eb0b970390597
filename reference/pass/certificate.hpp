#pragma once
#include "reference/pass/backprop.hpp"

#include <functional>

namespace relu0::reference {

struct CertifyOptions {
  BackpropOptions backprop{};  ///< bits: the fewest of the first run
  /// What the first run is likely to need: it begins with these, up to a multiple of bits_step, as far as
  /// max_bits and the memory allow, where they are more than backprop.bits.
  int likely_bits = 0;
  int max_bits = 512;  ///< no run has more bits; at least backprop.bits
};

/// Runs that choose their bits themselves take a multiple of this, or the cap.
inline constexpr int bits_step = 32;

/// By how many bits a run's balls are too wide for what is asked; 0 or less where they suffice.
using MissingBits = std::function<int(const Backprop&)>;

/// Runs backprop at options.backprop.bits or options.likely_bits; then, until `missing_bits` is satisfied,
/// with as many bits more as it says, up to the next larger multiple of bits_step (radii shrink by half with
/// each bit, as long as no kink is open), or at the cap where that is less. Returns the last run: what it
/// proves is what its radii say. It is returned too where the next would take more memory than is allowed.
/// Throws what backprop() throws, and InputError for a cap below the first precision or above max_bits.
Backprop certify(const Network& network, const Weights& weights, const BatchView& batch,
                 const CertifyOptions& options, const MissingBits& missing_bits,
                 const MakeLayer& make = make_layer);

/// Proven bits of a tensor, normwise: −log2(max radius / max |midpoint|) or up to 2 less. At least 0 and at
/// most the bits of the tensor, which it also is where all radii are 0.
int proven_bits(const Tensor& tensor);

/// Those of all parameters' gradients, each against its own largest element; the least of them. Throws
/// std::logic_error where there are none, as after a forward pass alone.
int proven_bits(const Backprop& run);

/// How many bits `radius` lies above 2^exponent; 0 where it does not. An unbounded one lacks as many as the
/// run had.
int bits_above(Radius radius, std::int64_t exponent, int bits);

}  // namespace relu0::reference
