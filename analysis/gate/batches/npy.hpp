#pragma once
// Private to analysis: includes LibTorch.
#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

namespace relu0::gate {

/// A tensor of NumPy's .npy format, versions 1 to 3 (numpy.lib.format): booleans, integers but uint16 to
/// uint64, and floating-point numbers of 16 to 64 bits, little-endian, in C or Fortran order. `source` names
/// the bytes in messages. Throws InputError for anything else, for a shape whose elements are not all there,
/// and for bytes behind them.
at::Tensor read_npy(std::string_view bytes, const std::string& source);

}  // namespace relu0::gate
