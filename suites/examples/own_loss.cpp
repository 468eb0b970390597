// A loss of one's own, ½ ‖output − target‖² over the mini-batch: the caller gives d loss / d output.
#include <iostream>

#include <relu0/reference.hpp>

int main() {
  const relu0::Network network = relu0::NetworkBuilder({2}).linear(3).relu().linear(1).without_loss();
  const relu0::Weights weights = relu0::WeightsBuilder(network)
                                     .set("linear1.weight", Eigen::MatrixXd::Ones(3, 2))
                                     .set("linear1.bias", {0, -1, -4})
                                     .set("linear2.weight", {1, 2, 3})
                                     .set("linear2.bias", {0.5})
                                     .build();
  const Eigen::MatrixXd inputs{{1, 0.5}, {2, 1}};  // two samples
  const Eigen::MatrixXd targets{{1}, {2}};

  const auto gradient = relu0::reference::gradient_of_own_loss(
      network, weights, inputs, [&](const relu0::reference::NumberMatrix& output) {
        return relu0::reference::NumberMatrix(output - targets);
      });
  // The outputs are 1.5 + 2 · 0.5 + 0.5 = 3 and 3 + 2 · 2 + 0.5 = 7.5, so that 2 and 5.5 come back.
  std::cout << "outputs:\n"
            << gradient.output() << "\nd loss / d linear2.weight:\n"
            << gradient.parameter_as_double("linear2.weight") << '\n';
}
