#pragma once
#include "reference/backprop.hpp"

#include <functional>

namespace relu0::reference {

/// One backprop at two precisions. Where they agree, the digits are right: `check` has p bits, and its error
/// is its distance from `truth`, which has at least p + 64 and an error 2^−64 as large. So the distance
/// bounds the error of `truth` too, by far.
struct Certified {
  Backprop check;
  Backprop truth;
};

struct CertifyOptions {
  BackpropOptions backprop{};  ///< bits: of the first `check`
  int max_bits = 512;          ///< no run has more bits than this; at least backprop.bits + 64
};

/// Runs backprop at options.backprop.bits and 64 bits more; then, until `conclusive` says true or the cap is
/// reached, at twice the bits of the last run, which becomes the check. Throws what backprop() throws, and
/// InputError for a cap below the second precision or above max_bits.
Certified certify(const Network& network, const Weights& weights, const Batch& batch,
                  const CertifyOptions& options, const std::function<bool(const Certified&)>& conclusive,
                  const MakeLayer& make = make_layer);

/// Bits to which two runs of one tensor agree, normwise: −log2(max |a − b| / max |b|), rounded down; at most
/// the bits of `check`, which it also is where nothing differs.
int agreed_bits(const Tensor& check, const Tensor& truth);

/// Bits to which all parameters' gradients agree, each against its own largest element; the least of them.
int agreed_bits(const Certified& certified);

/// |check[i] − truth[i]|, rounded away from zero.
void uncertainty(mpfr_ptr result, const Tensor& check, const Tensor& truth, std::int64_t index);

}  // namespace relu0::reference
