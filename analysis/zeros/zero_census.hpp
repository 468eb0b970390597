#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace relu0 {

/// Exact zeros among one ReLU's inputs over a mini-batch.
struct LayerZeros {
  std::string layer;                      ///< name of the ReLU node
  std::vector<std::uint32_t> per_sample;  ///< zeros in each sample's row
  std::int64_t total = 0;
};

/// Which ReLU inputs of a forward pass were exactly 0 (of either sign) in the arithmetic used. No exact zero
/// proves that the gradient is the same, bit for bit, for every s: the forward pass does not depend on s.
struct ZeroCensus {
  std::vector<LayerZeros> layers;

  [[nodiscard]] std::int64_t total() const;
};

/// out = max(in, 0) and returns how many of the `count` inputs are exactly 0. NaN passes through and is no
/// zero; −0 stays −0, as in LibTorch's relu. The two ranges do not overlap.
std::int64_t relu_counting_zeros(const float* in, float* out, std::int64_t count);
std::int64_t relu_counting_zeros(const double* in, double* out, std::int64_t count);

}  // namespace relu0
