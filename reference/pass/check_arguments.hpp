#pragma once
#include "reference/pass/backprop.hpp"

namespace relu0::reference {

/// Throws InputError for what backprop() refuses, naming the tensor or option, the place and the remedy.
void check_arguments(const Network& network, const Weights& weights, const BatchView& batch,
                     const BackpropOptions& options);

}  // namespace relu0::reference
