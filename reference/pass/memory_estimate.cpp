#include "reference/pass/backprop.hpp"

#include <algorithm>

namespace relu0::reference {

std::uint64_t memory_estimate(const Network& network, std::int64_t batch_size, int bits) {
  const auto bytes = [bits](std::int64_t elements) {
    return static_cast<std::uint64_t>(elements) * (static_cast<std::uint64_t>((bits + 63) / 64) * 8 + 16);
  };
  std::uint64_t outputs = 0;
  std::uint64_t largest = 0;
  for (const Shape& shape : network.output_shapes()) {
    const std::uint64_t output = bytes(batch_size * element_count(shape));
    outputs += output;
    largest = std::max(largest, output);
  }
  // All outputs; θ and its gradient; of the layer in hand the gradients of its input and output and a padded
  // copy, and one more gradient that a residual connection keeps.
  const std::uint64_t parameters = 2 * bytes(network.parameter_count());
  constexpr std::uint64_t working_sets = 4;
  // The product's residues.
  constexpr std::uint64_t residues = std::uint64_t{320} << 20;
  return outputs + parameters + working_sets * largest + residues;
}

}  // namespace relu0::reference
