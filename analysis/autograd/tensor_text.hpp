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

/// The type as users of Python's torch and NumPy write it, "float32", which LibTorch calls "Float"; what
/// LibTorch calls it where it is one that they seldom meet.
inline std::string type_name(at::ScalarType type) {
  switch (type) {
    case at::ScalarType::Bool:
      return "bool";
    case at::ScalarType::Byte:
      return "uint8";
    case at::ScalarType::Char:
      return "int8";
    case at::ScalarType::Short:
      return "int16";
    case at::ScalarType::Int:
      return "int32";
    case at::ScalarType::Long:
      return "int64";
    case at::ScalarType::Half:
      return "float16";
    case at::ScalarType::BFloat16:
      return "bfloat16";
    case at::ScalarType::Float:
      return "float32";
    case at::ScalarType::Double:
      return "float64";
    case at::ScalarType::ComplexFloat:
      return "complex64";
    case at::ScalarType::ComplexDouble:
      return "complex128";
    default:
      return c10::toString(type);
  }
}

/// "float32 {32, 128}".
inline std::string type_and_shape(const at::Tensor& tensor) {
  return type_name(tensor.scalar_type()) + " " + shape_text(tensor.sizes());
}

/// The shortest decimal number that is read back as the same one.
template <typename Real>
std::string shortest_text(Real value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

}  // namespace relu0::autograd
