#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace relu0 {

/// What one ReLU node's inputs (pre-activations) looked like over a mini-batch, in the arithmetic used.
struct ReluZeros {
  std::size_t node = 0;  ///< index in Network::nodes()
  std::string name;
  /// Inputs that are exactly 0, of either sign: ascending indices into the batch-major, row-major input
  /// (sample × elements + element).
  std::vector<std::int64_t> zeros;
  double largest_magnitude = 0;  ///< max |x| over the finite inputs; 0 where there is none
  std::int64_t non_finite = 0;   ///< inputs that are infinite or NaN
};

}  // namespace relu0
