#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/autograd/tensor_text.hpp"

#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

/// A tensor's extents as messages have them: "[32 × 4]".
inline std::string extents_phrase(const at::Tensor& tensor) {
  return fmt::format("[{}]", fmt::join(tensor.sizes(), " × "));
}

/// A tensor's type and extents: "float32 [32 × 4]".
inline std::string tensor_phrase(const at::Tensor& tensor) {
  return autograd::type_name(tensor.scalar_type()) + " " + extents_phrase(tensor);
}

}  // namespace relu0
