#pragma once
#include "analysis/machine/device.hpp"
#include "fixtures/network/precision.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace relu0 {

/// Which code computes linear layers and convolutions.
enum class KernelFamily {
  native,     ///< LibTorch's kernels as it calls them: their order of operations depends on the processor
  bias_last,  ///< LibTorch's product without the bias, rounded to the storage format; then the bias is added
  portable,   ///< relu0's own kernels, in a stated order of operations: the same bits everywhere
};

/// Where the bias enters a sum. `first`: the sum starts from the bias. `last`: it is added to the finished
/// sum by an addition of its own. At 16 bits a linear layer adds it to the sum in binary32, before the only
/// rounding to the storage format, and a convolution after that rounding, with a second one: as PyTorch does
/// on GPUs, where addmm is one call of cuBLAS, and cuDNN's convolution and the bias are two.
enum class BiasPlace { first, last };

/// The order of operations of the portable kernels: that of each element of the result by itself.
///
/// An element is Σ x_k·y_k over k = 0 … K − 1. A chain starts from +0 (from the bias, where that is first)
/// and takes the terms one after the other in this order, which each operation states. So −0 + … + −0 is +0.
///
/// What the defaults are modelled on is a GPU: each product enters the sum by a fused multiply-add, with one
/// rounding a term, and the bias is added to the rounded sum by an operation of its own. One chain is the
/// simplest order of that kind, since no two libraries agree on another; `block` shows what another one does.
struct SummationOrder {
  /// The smallest and largest `bits`.
  static constexpr int min_bits = 8;
  static constexpr int max_bits = 40;

  /// Each term by one fused multiply-add; otherwise the product is rounded, then the sum.
  bool fma = true;
  /// The sum over so many terms is a chain of its own, which starts from +0; these partial sums are added in
  /// order to a sum that starts from +0 or the bias. 0: all terms are one chain.
  std::int64_t block = 0;
  BiasPlace bias = BiasPlace::last;
  /// Convolutions of 3 × 3 with stride and dilation 1 by Winograd's F(2×2, 3×3), forward and for the gradient
  /// of the input (winograd.hpp). Not with the bias first, nor with `bits`.
  bool winograd = false;
  /// Every value, product and sum is rounded to so many bits (to nearest, ties to even), with binary64's
  /// exponents; without fused multiply-adds. 0: the arithmetic of the precision.
  int bits = 0;

  bool operator==(const SummationOrder&) const = default;
};

/// The kernel of linear layers and convolutions, forward and backward. It is part of what identifies a
/// measurement.
struct KernelChoice {
  KernelFamily family = KernelFamily::native;
  SummationOrder order{};  ///< of `portable` only

  bool operator==(const KernelChoice&) const = default;
};

/// The kernel of a run that chooses none, and so the one that the paper's claims are judged on. On the CPU
/// portable:winograd: a verdict then does not depend on whose machine it is, and the order of the sums is
/// that of the GPUs of the paper's time, whose cuDNN computed 3 × 3 convolutions of stride 1 by Winograd and
/// added biases last. On CUDA, where the portable kernels do not run, native.
KernelChoice usual_kernel(Device device);

/// "native", "bias-last", "portable", "portable:no-fma+block=64+bias-first", "portable:winograd",
/// "portable:bits=20": what differs from the default, always in the same sequence.
std::string name(const KernelChoice& kernel);

/// The inverse of name(); details may come in any sequence, separated by '+' or ','. Throws InputError that
/// lists what there is: for unknown words, a detail twice, a number out of range, and details that exclude
/// each other.
KernelChoice parse_kernel_choice(std::string_view text);

/// Throws InputError where the kernel does not compute at the precision on the device: a portable one on
/// CUDA, and one with bits at another precision than fp64, in whose format it carries them.
void require_kernel(const KernelChoice& kernel, Precision precision, Device device);

/// "relu0's portable kernels: each term by a fused multiply-add, all terms in one chain, bias last": for
/// reports.
std::string describe(const KernelChoice& kernel);

}  // namespace relu0
