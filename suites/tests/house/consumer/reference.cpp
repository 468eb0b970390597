#include <iostream>

#include <relu0/reference.hpp>

int main() {
  // Two equal logits: the loss is log 2, and d loss / d bias = (−1/2, 1/2).
  const relu0::Network network = relu0::NetworkBuilder({1}).linear(2).cross_entropy();
  const relu0::Weights weights =
      relu0::WeightsBuilder(network).set("linear1.weight", {1, 1}).set("linear1.bias", {0, 0}).build();
  const auto gradient = relu0::reference::gradient(network, weights, {3}, {0}, {.bits = 300});
  const relu0::reference::NumberMatrix bias = gradient.parameter("linear1.bias");
  std::cout << bias << '\n' << gradient.loss() << '\n';
  const bool has_its_bits = mpfr_get_prec(bias(0, 0).backend().data()) == 300;
  return bias(0, 0) == -0.5 && bias(1, 0) == 0.5 && has_its_bits && gradient.is_conclusive() ? 0 : 1;
}
