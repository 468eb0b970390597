#pragma once
#include <array>
#include <charconv>
#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

namespace relu0::autograd {

/// "{32, 128}", and "{}" for a number.
inline std::string shape_text(at::IntArrayRef shape) {
  std::string text;
  for (const std::int64_t extent : shape) {
    text += (text.empty() ? "" : ", ") + std::to_string(extent);
  }
  return "{" + text + "}";
}

/// "Float {32, 128}".
inline std::string type_and_shape(const at::Tensor& tensor) {
  return std::string(c10::toString(tensor.scalar_type())) + " " + shape_text(tensor.sizes());
}

/// The shortest decimal number that is read back as the same one.
template <typename Real>
std::string shortest_text(Real value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

}  // namespace relu0::autograd
