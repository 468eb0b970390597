#pragma once
#include "analysis/error/ulp_distribution.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/precision.hpp"
#include "fixtures/network/weights/weights.hpp"
#include "reference/pass/backprop.hpp"
#include "reference/pass/certificate.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// The element of a tensor that is wrong by the most ulps; the first of them.
struct WorstElement {
  std::int64_t index = 0;  ///< row-major
  double value = 0;        ///< LibTorch's
  double truth = 0;        ///< the reference's midpoint, correctly rounded to the target format
  double ulps = 0;
  /// The reference's radius in ulps, rounded up: the error lies in [ulps − radius, ulps + radius], besides
  /// the rounding of `ulps` itself, 2^−52 of it.
  double radius = 0;
};

/// How far one tensor that LibTorch computed is from the truth. The target format is the one that LibTorch
/// stores the tensor in; an ulp is the format's spacing at the true value, and at least its smallest
/// subnormal (reference/arithmetic/format.hpp).
///
/// Elements whose ball is wider than 2^−10 ulp are undecided and in none of the other figures but
/// undecided_l2 and uncertainty_l2: every error in ulps is proven to 2^−10. Infinities and NaNs propagate
/// into norms, products and maxima. Norms are sums in binary64 of values scaled by powers of two: relative
/// error at most elements × 2^−53.
struct TensorError {
  std::string name;
  std::int64_t elements = 0;
  /// How many bits of this tensor are proven, normwise; for several tensors the fewest. 0 where
  /// reference_error() has not filled it in.
  int proven_bits = 0;
  std::int64_t undecided = 0;
  std::int64_t non_finite = 0;  ///< infinite or NaN in LibTorch
  std::int64_t sign_flips = 0;  ///< both are not 0 and have opposite signs
  std::int64_t vanished = 0;    ///< 0 in LibTorch, while the truth does not round to 0
  double difference_l2 = 0;     ///< ‖LibTorch − truth‖₂
  double truth_l2 = 0;          ///< ‖truth‖₂
  double libtorch_l2 = 0;       ///< ‖LibTorch‖₂
  double inner_product = 0;     ///< ⟨LibTorch, truth⟩
  double max_error = 0;         ///< max |LibTorch − truth|
  double undecided_l2 = 0;      ///< ‖LibTorch − truth‖₂ over the undecided elements alone
  double uncertainty_l2 = 0;    ///< ‖radii‖₂ over all elements: how far the reference is off at most
  std::optional<WorstElement> worst;  ///< absent where nothing differs
  UlpDistribution ulps;

  /// difference_l2 / truth_l2. Absent where the truth is 0.
  [[nodiscard]] std::optional<double> relative_l2() const;
  /// By how much relative_l2() may be wrong, undecided elements and the reference's own error included:
  /// proven but for the roundings of the norms. Absent where the truth is 0.
  [[nodiscard]] std::optional<double> relative_bound() const;
  /// The cosine of the angle between the two gradients; absent where one of them is 0.
  [[nodiscard]] std::optional<double> cosine() const;
};

/// All tensors as one vector. `worst` is that of the tensor with the most ulps, with its index there.
TensorError overall(const std::vector<TensorError>& tensors);

/// values: LibTorch's, of the same shape as the reference's balls. The result is the same whatever the
/// threads.
TensorError tensor_error(const TensorValues& values, const reference::Tensor& truth, Precision precision,
                         int threads = 1);

/// How many bits a run lacks for all elements of all gradients to be proven to 2^−10 ulp of the precision's
/// format; 0 where they are.
int missing_bits(const reference::Backprop& run, Precision precision);

/// As many bits as missing_bits() is likely to ask for, by the layers of the network, so that deep networks
/// are not run twice. An estimate from what the networks of README take, and no bound: reference::certify()
/// adds what lacks.
int likely_bits(const Network& network, Precision precision);

}  // namespace relu0
