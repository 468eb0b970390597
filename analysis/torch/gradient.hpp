#pragma once
#include "fixtures/network/weights/weights.hpp"

namespace relu0 {

/// What a backward pass gives: the loss and d loss / d parameter for every parameter, in the network's order.
/// Values are those of the arithmetic used, exact in a double.
struct Gradient {
  double loss = 0;
  std::vector<TensorValues> parameters;
  std::vector<double> input{};  ///< d loss / d input, batch-major: samples × input shape
};

}  // namespace relu0
