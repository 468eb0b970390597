#include "analysis/kinks/pass_length.hpp"

#include <algorithm>

namespace relu0 {

PassLength pass_length(const Network& network, std::int64_t samples) {
  // A softmax in the loss takes a maximum, exponentials, their sum and a quotient, and mean and sign follow.
  constexpr std::int64_t of_loss = 6;
  PassLength length{.operations = 2 * std::ssize(network.nodes()) + of_loss,
                    .summands = 2 * class_count(network) + samples};
  std::int64_t longest = 0;
  for (const TensorSpec& parameter : network.parameters()) {
    if (parameter.shape.size() < 2) {
      continue;
    }
    // A weight is outputs × inputs × taps: forward it sums over inputs and taps, and the bias; backward over
    // outputs and taps; its own gradient over samples and places.
    const std::int64_t elements = element_count(parameter.shape);
    length.summands += elements / parameter.shape[0] + 1 + elements / parameter.shape[1];
    const std::int64_t places = element_count(network.output_shapes()[parameter.node]) / parameter.shape[0];
    longest = std::max(longest, samples * places);
  }
  ++length.operations;
  length.summands += longest;
  return length;
}

}  // namespace relu0
