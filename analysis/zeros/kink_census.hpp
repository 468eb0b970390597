#pragma once
#include "fixtures/network/network.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// What a kink at 0 met besides +0.
struct ZeroKinds {
  std::int64_t negative = 0;  ///< hits that are −0
  /// Inputs that are no hits, but would be in flush-to-zero mode: subnormal numbers of the storage format.
  std::int64_t flushed = 0;

  bool operator==(const ZeroKinds&) const = default;
};

/// How often one kink was hit over a mini-batch. A kink at a point is hit where the node's input equals the
/// point (0 of either sign), once per element; a tie of a max-pool once per window.
struct KinkHits {
  std::size_t node = 0;  ///< in Network::nodes()
  KinkPlace place;
  std::string layer;                        ///< the node's name
  std::vector<std::uint32_t> per_sample{};  ///< hits in each sample
  std::int64_t total = 0;                   ///< hits in all
  std::optional<ZeroKinds> zero_kinds{};    ///< of a kink at 0, where it was asked for
};

/// Which kinks a forward pass met in the arithmetic used. A forward pass does not depend on what is chosen at
/// kinks; so where a kink has no hit, no choice at it can change a bit of any gradient.
struct KinkCensus {
  std::vector<KinkHits> kinks;  ///< those that were counted, in the order of Network::kinks()

  /// Over all that were counted.
  [[nodiscard]] std::int64_t total() const;
  [[nodiscard]] std::int64_t total(Kink kink) const;
};

/// out = max(in, 0) and returns how many of the `count` inputs are exactly 0. NaN passes through and is no
/// zero; −0 stays −0, as in LibTorch's relu. The two ranges do not overlap.
std::int64_t relu_counting_zeros(const float* in, float* out, std::int64_t count);
std::int64_t relu_counting_zeros(const double* in, double* out, std::int64_t count);

}  // namespace relu0
