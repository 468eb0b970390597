#include "suites/measurements/cost.hpp"

#include <cstddef>
#include <variant>

namespace relu0 {

double forward_multiply_adds(const Network& network) {
  double sum = 0;
  for (std::size_t node = 0; node < network.nodes().size(); ++node) {
    const Operation& operation = network.nodes()[node].operation;
    if (const auto* linear = std::get_if<Linear>(&operation)) {
      sum += static_cast<double>(linear->in_features * linear->out_features);
    } else if (const auto* convolution = std::get_if<Convolution>(&operation)) {
      const Shape& output = network.output_shapes()[node];
      sum += static_cast<double>(element_count(output) * convolution->in_channels *
                                 convolution->window.kernel[0] * convolution->window.kernel[1]);
    }
  }
  return sum;
}

}  // namespace relu0
