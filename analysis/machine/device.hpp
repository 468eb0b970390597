#pragma once
#include <string_view>

namespace relu0 {

/// Where LibTorch computes.
enum class Device { cpu, cuda };

/// "cpu" or "cuda".
std::string_view name(Device device);

/// The inverse of name(). Throws InputError for any other text, and for "cuda" where LibTorch finds no CUDA
/// device.
Device parse_device(std::string_view text);

}  // namespace relu0
