#pragma once
#include "fixtures/network/precision.hpp"

namespace relu0::gate {

/// What is wrong with a gradient.
enum class GradientFaultKind {
  one_ulp,   ///< one element of one parameter's is the next number
  nan,       ///< one element of one parameter's is NaN
  infinite,  ///< one element of one parameter's is infinite
  zero,      ///< every element of every parameter's is 0
};

/// A fault that is put into a gradient where autograd hands it to its parameter, in the first pass that a
/// runner makes at this precision: for the self-test, which proves that a gate finds it. Only for gradients
/// with respect to parameters.
struct GradientFault {
  GradientFaultKind kind = GradientFaultKind::one_ulp;
  Precision precision = Precision::fp32;
};

}  // namespace relu0::gate
