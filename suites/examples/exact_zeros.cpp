// The exact zeros that a model meets at its ReLUs, and what each of them is in the real numbers.
#include <iostream>

#include <relu0/analysis.hpp>

int main() {
  const relu0::Network network = relu0::build(relu0::Mlp{.hidden_layers = 2, .width = 64});
  const relu0::Dataset digits = relu0::embedded_digits(relu0::Split::train);

  for (const relu0::Precision precision : {relu0::Precision::fp16, relu0::Precision::fp32}) {
    const relu0::ZeroOriginsOutcome found =
        relu0::zero_origins(network, relu0::draw_weights(network, 1), digits,
                            {.precision = precision, .batch_size = 64, .images = 256});
    const relu0::ZeroCounts zeros = found.zeros();
    std::cout << relu0::name(precision) << ": " << zeros.total() << " exact zeros among " << found.relu_inputs
              << " ReLU inputs of " << found.images << " images\n"
              << "  0 in the real numbers too: " << zeros.structural + zeros.exact << '\n'
              << "  made by rounding:          " << zeros.rounding << '\n'
              << "  undecided:                 " << zeros.undecided << '\n';
  }
}
