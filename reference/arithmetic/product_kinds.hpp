#pragma once
#include "reference/arithmetic/product.hpp"

namespace relu0::reference {

/// The two implementations of multiply(), which checks their arguments.
/// @{
bool multiply_plainly(const Operand& x, const Operand& y, const Target& target, const Tensor* addend,
                      int threads);
bool multiply_exact_slices(const Operand& x, const Operand& y, const Target& target, const Tensor* addend,
                           int threads, ProductWorkspace& workspace);
/// @}

}  // namespace relu0::reference
