#pragma once

namespace relu0 {

/// What is wrong with the engine, on purpose: for tests which require that findings come out otherwise then.
/// No command sets one. A fault is part of what identifies a measurement.
enum class EngineFault {
  none,
  zeros_never_found,    ///< no kink is counted as hit, so that no mini-batch gets backward passes
  zeros_at_every_relu,  ///< every input of a ReLU is taken for an exact 0, forward and backward
  choice_ignored,       ///< the derivative of ReLU at 0 is 0, whatever was chosen
  results_not_rounded,  ///< an emulated arithmetic leaves values as its carrier (binary32) has them
};

}  // namespace relu0
