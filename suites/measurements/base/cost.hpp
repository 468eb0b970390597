#pragma once

namespace relu0 {

/// What a training step costs in forward passes: the gradients of inputs and of weights come on top.
inline constexpr double passes_of_training_step = 3;

}  // namespace relu0
