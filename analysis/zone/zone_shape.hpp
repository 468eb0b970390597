#pragma once
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/device.hpp"
#include "analysis/zeros/first_zero.hpp"
#include "fixtures/data/streams/batch_source.hpp"
#include "fixtures/network/weights/weights.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace relu0 {

struct ZoneShapeOptions {
  Device device = Device::cpu;
  KernelChoice kernel{};
  std::int64_t iterations = 938;  ///< after which a training ends without an exact zero
  DrawnRate rate;
  KinkChoices kinks;         ///< trained with: it matters only where a later layer met a zero before
  std::int64_t side = 200;   ///< points along each axis of the slice, at least 2
  double half_width = 5e-6;  ///< of the slice, from θ on
  int reference_bits = 128;
};

/// The slice's points where binary32 gives exactly 0, and what they are in the reals.
struct SliceZeros {
  std::int64_t points = 0;    ///< exactly 0 at fp32
  std::int64_t rounding = 0;  ///< of these, certainly not 0 at the unrounded parameters
  /// How many of them are certainly not 0 at the very parameters that fp32 had, rounded to binary32.
  std::int64_t rounding_at_same_parameters = 0;
  /// max |pre-activation in the reals| over them, at the very parameters that fp32 had.
  double largest = 0;
  /// The same relative to what rounding can do to an inner product: γ_n (Σ |w x| + |b|), γ_n = n u / (1 − n
  /// u), n = inputs + 1, u = 2^−24 (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.,
  /// section 3.1). At most 1.
  double largest_share_of_bound = 0;
};

/// The pre-activation of one neuron for one image over a plane of the neuron's parameters. Point (i, j) is
/// element i · side + j, at (place(j), place(i)).
struct ZoneSlice {
  std::int64_t iteration = 0;  ///< whose mini-batch met the zero, counted from 0
  std::int64_t sample = 0;     ///< the image's place in the mini-batch
  std::int64_t neuron = 0;
  std::int64_t side = 0;
  double half_width = 0;
  std::vector<double> fp32;
  std::vector<double> fp64;
  std::vector<double> reference;  ///< within reference_bound + 2^−53 |value| of the reals
  double reference_bound = 0;
  std::int64_t reference_undecided = 0;  ///< points that the reference cannot tell from 0
  SliceZeros zeros;
  /// Places in the layer at which fp32 was evaluated: those with the bits of the neuron's own
  /// (slice_values.hpp).
  std::int64_t alike_places = 0;
  /// @name Controls
  /// @{
  bool centre_is_zero = false;  ///< θ itself gives exactly 0 at fp32, at each of alike_places
  bool repeatable = false;      ///< fp32 and fp64 gave the same bits when they were evaluated again
  /// @}

  /// On an axis of the slice: from −half_width to half_width in equal steps.
  [[nodiscard]] double place(std::int64_t index) const;
  [[nodiscard]] bool controls_hold() const { return centre_is_zero && repeatable; }
};

/// What one training gave.
struct ZoneShapeOutcome {
  std::int64_t iterations = 0;     ///< looked at
  std::optional<ZoneSlice> slice;  ///< absent: no exact zero in the first hidden layer
};

/// Trains from θ in binary32 on the mini-batches of `seed` until one meets an exact zero at the first ReLU,
/// and evaluates that neuron's pre-activation for that image around θ as it is then, over a random plane of
/// the neuron's parameters (paper, figure of the pre-activation's neighbourhood): in LibTorch at fp32 and
/// fp64, and in the reference. Of several zeros the first in the mini-batch is taken. The network's first
/// ReLU follows a linear layer with bias that takes the images. Throws InputError for a network that is
/// another, for options out of range, and for what does not fit.
ZoneShapeOutcome zone_shape(const Network& network, const Weights& weights, const BatchSource& batches,
                            std::uint64_t seed, const ZoneShapeOptions& options);

/// Points of the slice at which alike_places() tells places in the layer apart. Where their kernels sum in
/// another order, a value near 0 has the same bits by chance at few of them.
inline constexpr std::int64_t slice_probes = 32;

/// The slice around a zero that a neuron of a first layer of so many gave. `seed` draws the plane. Throws
/// InputError for what does not fit.
ZoneSlice slice_around_zero(const FirstZero& zero, std::int64_t neurons, std::uint64_t seed,
                            const ZoneShapeOptions& options);

}  // namespace relu0
