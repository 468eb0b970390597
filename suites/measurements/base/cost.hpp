#pragma once

namespace relu0 {

/// What a training step costs in forward passes: the gradients of inputs and of weights come on top.
inline constexpr double passes_of_training_step = 3;

/// Multiply-adds (Measurement::cost()) that one core of a CPU does in a second, in round numbers, to say
/// about how long draws take that nobody has made yet: an estimate, which may be off by several times.
inline constexpr double multiply_adds_a_second = 2e10;

}  // namespace relu0
