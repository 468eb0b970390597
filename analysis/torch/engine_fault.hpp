#pragma once

namespace relu0 {

/// What is wrong with forward and backward passes (pass.hpp), on purpose: for tests which require that
/// findings come out otherwise then. No command sets one. A fault is part of what identifies a measurement.
/// The two-network protocol, whose passes are LibTorch's autograd's, has results_not_rounded only.
enum class EngineFault {
  none,
  zeros_never_found,    ///< no kink is counted as hit, so that no mini-batch gets backward passes
  zeros_at_every_relu,  ///< every input of a ReLU is taken for an exact 0, forward and backward
  choice_ignored,       ///< the derivative of ReLU at 0 is 0, whatever was chosen
  results_not_rounded,  ///< an emulated arithmetic leaves values as its carrier (binary32) has them
};

}  // namespace relu0
