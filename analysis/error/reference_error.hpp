#pragma once
#include "analysis/error/gradient_error.hpp"
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/device.hpp"
#include "analysis/zeros/zero_counts.hpp"
#include "fixtures/network/batch.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/precision.hpp"
#include "fixtures/network/weights/weights.hpp"
#include "reference/pass/certificate.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace relu0 {

/// What is measured against the reference.
struct ReferenceErrorOptions {
  /// The precisions compared. They must share a storage format (share_storage()), so that they compute with
  /// the same θ and the same mini-batch.
  std::vector<Precision> precisions{Precision::fp32};
  /// Choices at kinks; the first is the one that the effect of the others is measured from.
  std::vector<KinkChoices> choices{{}};
  Device device = Device::cpu;
  KernelChoice kernel{};
  /// bits, threads, memory limit and cap of the reference.
  reference::CertifyOptions certify{};
};

/// One choice at one precision.
struct ChoiceError {
  KinkChoices kinks;
  /// The error of each parameter's gradient, in the network's order. Empty where both LibTorch's gradient and
  /// the truth are those of an earlier choice, bit for bit: `same_as` says of which.
  std::vector<TensorError> tensors;
  std::optional<std::size_t> same_as;
  /// ‖g − g₀‖₂ of LibTorch's gradients over all parameters, where g₀ is that of the first choice.
  double from_first_l2 = 0;
};

struct PrecisionError {
  Precision precision = Precision::fp32;
  bool emulated = false;
  bool deterministic = false;   ///< the control: the first choice, run twice, gave the same bits
  std::int64_t zeros = 0;       ///< exact zeros that LibTorch met at ReLUs
  std::int64_t non_finite = 0;  ///< ReLU inputs that are infinite or NaN in LibTorch
  std::vector<ChoiceError> choices;
};

/// The errors measured with one θ on one mini-batch.
struct ReferenceErrorOutcome {
  int bits = 0;         ///< of the reference's run
  int proven_bits = 0;  ///< of its gradients, normwise (certificate.hpp); the least over the parameters
  bool capped = false;  ///< some elements stayed undecided at the most bits allowed
  std::int64_t relu_inputs = 0;
  ZeroCounts true_zeros;  ///< of all ReLU inputs, those not certainly other than 0 in the reference
  std::vector<PrecisionError> precisions;
};

/// Whether two precisions can compute with the same θ and mini-batch: tf32, fp32 and fp64 can, with values of
/// binary32.
bool share_storage(Precision a, Precision b);

/// Runs LibTorch and the reference on the same θ and mini-batch, rounded to the narrowest storage format of
/// the precisions, and compares. The reference's bits
/// are raised until every element is proven to 2^−10 ulp of the finest format asked for, or the cap is
/// reached. Where no ball of the reference holds a kink at which the choices differ its gradient is the same
/// for every choice, and is computed once. Throws InputError for no precision, no choice, precisions that
/// share no storage, and what does not fit the network.
ReferenceErrorOutcome reference_error(const Network& network, const Weights& weights, const Batch& batch,
                                      const ReferenceErrorOptions& options);

}  // namespace relu0
