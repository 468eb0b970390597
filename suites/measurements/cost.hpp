#pragma once
#include "fixtures/network/network.hpp"

namespace relu0 {

/// Multiply-adds of one image's forward pass through the linear and convolution layers.
double forward_multiply_adds(const Network& network);

/// What a training step costs in forward passes: the gradients of inputs and of weights come on top.
inline constexpr double passes_of_training_step = 3;

}  // namespace relu0
