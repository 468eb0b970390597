#pragma once
#include "fixtures/network/kinks.hpp"

#include <cstdint>

namespace relu0 {

/// What the backward passes of some steps met at the ReLUs behind which a parameter stands, at the kink and
/// beside it. Squares are summed over all these ReLUs, samples and elements, so that shares are those of
/// L2 norms.
struct KinkFlow {
  std::int64_t met = 0;      ///< ReLU inputs that are exactly 0
  std::int64_t reached = 0;  ///< those of them at whose output the gradient is not 0
  double arriving = 0;       ///< Σ g² of the gradient at the outputs there
  double through = 0;        ///< Σ g² of the gradient at all other ReLU inputs
  /// Σ u² over those that are met, u: what a derivative of 1 that is assigned there is in the gradient of the
  /// loss. 1, or 1 / the loss scale, since what is assigned is divided by it with the rest (LossScaling).
  double assigned = 0;

  KinkFlow& operator+=(const KinkFlow& other);

  /// Σ of the squares that enter at kinks where s is chosen there: s² Σ g² under the chain rule, s² Σ u²
  /// under the published code. Of the same arriving gradients: in a training with another choice those differ
  /// once it has had an effect.
  [[nodiscard]] double entering(const DerivativeChoice& choice) const;
  /// The share of the gradient's norm at the ReLUs' inputs that enters at kinks: √(entering / (entering +
  /// through)). 0 where nothing does; NaN where a gradient was not finite.
  [[nodiscard]] double share(const DerivativeChoice& choice) const;
};

}  // namespace relu0
