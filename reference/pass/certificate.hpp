#pragma once
#include "reference/pass/backprop.hpp"

#include <functional>

namespace relu0::reference {

/// By how many bits more the truth of a certificate is computed than its check, at least.
inline constexpr int truth_margin = 64;

/// One backprop at two precisions. Where they agree, the digits are right: `check` has p bits, and its error
/// is its distance from `truth`, which has at least p + truth_margin and an error 2^−truth_margin as large.
/// So the distance bounds the error of `truth` too, by far.
struct Certified {
  Backprop check;
  Backprop truth;
};

struct CertifyOptions {
  BackpropOptions backprop{};  ///< bits: of the first `check`
  int max_bits = 512;          ///< no run has more bits; at least backprop.bits + truth_margin
};

/// Runs backprop at options.backprop.bits and truth_margin more; then, until `conclusive` says true, at twice
/// the bits of the last run, which becomes the check, or at the cap where that is less. Ends where the cap
/// leaves no margin. Throws what backprop() throws, and InputError for a cap below the second precision or
/// above max_bits.
Certified certify(const Network& network, const Weights& weights, const BatchView& batch,
                  const CertifyOptions& options, const std::function<bool(const Certified&)>& conclusive,
                  const MakeLayer& make = make_layer);

/// Bits to which two runs a and b of one tensor agree, normwise: −log2(max |a − b| / max |b|), rounded down,
/// where the differences are rounded up to 64 bits. At least 0 and at most the bits of `check`, which it also
/// is where nothing differs. Throws std::logic_error for elements that are not finite.
int agreed_bits(const Tensor& check, const Tensor& truth);

/// Bits to which all parameters' gradients agree, each against its own largest element; the least of them.
/// Throws std::logic_error where there are none, as after a forward pass alone.
int agreed_bits(const Certified& certified);

/// |check[i] − truth[i]|, rounded away from zero.
void uncertainty(mpfr_ptr result, const Tensor& check, const Tensor& truth, std::int64_t index);

/// Whether element `index` (batch-major) of what reaches node `node`, which has a kink at a point, is
/// certainly not 0, so that its sign is right: it is exact and not 0, or more than twice the distance of the
/// two runs from 0.
bool sign_is_certain(const Certified& certified, std::size_t node, std::int64_t index);

/// The same for another number than 0: whether the element is certainly not `point`.
bool is_certainly_not(double point, const Certified& certified, std::size_t node, std::int64_t index);

}  // namespace relu0::reference
