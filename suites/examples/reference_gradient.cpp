// The gradient of one's own network in arbitrary precision, and how far it can be trusted.
#include <iomanip>
#include <iostream>

#include <relu0/reference.hpp>

int main() {
  const relu0::Network network = relu0::NetworkBuilder({2}).linear(2).relu().linear(2).cross_entropy();
  const relu0::Weights weights = relu0::WeightsBuilder(network)
                                     .set("linear1.weight", {1, -1, 0.5, 2})
                                     .set("linear1.bias", {0, 0.25})
                                     .set("linear2.weight", {1, 0.5, -1, 1})
                                     .set("linear2.bias", {0, 0})
                                     .build();

  // For the input (1, 1) the first neuron's pre-activation is exactly 0: the gradient depends on ReLU'(0).
  for (const double s : {0.0, 1.0}) {
    const relu0::reference::ReferenceGradient gradient = relu0::reference::gradient(
        network, weights, {1, 1}, {0}, {.bits = 200, .kinks = {.relu = {.value = s}}});
    std::cout << std::setprecision(50) << "With ReLU'(0) = " << s << ", d loss / d linear1.weight is\n"
              << gradient.parameter("linear1.weight") << '\n';
    std::cout << std::setprecision(3) << "each element within " << gradient.error_bound("linear1.weight")
              << ", proven: " << gradient.proven_bits("linear1.weight") << " bits\n";
    if (!gradient.is_conclusive()) {
      return 1;
    }
  }
}
