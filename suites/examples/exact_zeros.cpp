// The exact zeros that a model meets at its ReLUs, and what each of them is in the real numbers: of a network
// as it is drawn, and of the same one with 98 % of its weights pruned.
#include <iostream>

#include <relu0/analysis.hpp>

int main() {
  const relu0::Network network = relu0::NetworkBuilder({1, 28, 28})
                                     .linear(64, /*bias=*/false)
                                     .relu()
                                     .linear(64, /*bias=*/false)
                                     .relu()
                                     .linear(10)
                                     .cross_entropy();
  const relu0::Dataset digits = relu0::embedded_digits(relu0::Split::train);
  relu0::Weights weights = relu0::draw_weights(network, 1);
  for (const bool pruned : {false, true}) {
    for (std::size_t tensor = 0; pruned && tensor < 2; ++tensor) {
      std::vector<double> values = weights.parameters[tensor].values.to_doubles();
      for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = i % 50 == 0 ? values[i] : 0;
      }
      weights.parameters[tensor].values = values;
    }
    const relu0::ZeroOriginsOutcome found = relu0::zero_origins(
        network, weights, digits, {.precision = relu0::Precision::fp32, .batch_size = 64, .images = 64});
    const relu0::ZeroCounts zeros = found.zeros();
    std::cout << (pruned ? "pruned: " : "as drawn: ") << zeros.total() << " exact zeros among "
              << found.relu_inputs << " ReLU inputs\n"
              << "  0 in the real numbers too: " << zeros.structural + zeros.exact << '\n'
              << "  made by rounding:          " << zeros.rounding << '\n'
              << "  undecided:                 " << zeros.undecided << '\n';
  }
}
