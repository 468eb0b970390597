#pragma once
#include <string_view>

namespace relu0 {

/// Where LibTorch computes, and on CUDA with which kernels.
enum class Device {
  cpu,
  cuda,                  ///< by kernels that give the same bits each time (cuda_determinism.hpp says how)
  cuda_nondeterministic  ///< by those that LibTorch, cuBLAS and cuDNN choose when nobody asks for the same
                         ///< bits
};

constexpr bool is_cuda(Device device) { return device != Device::cpu; }

/// "cpu", "cuda" or "cuda:nondeterministic".
std::string_view name(Device device);

/// The inverse of name(). Throws InputError for any other text, and for CUDA where LibTorch finds no device
/// of it.
Device parse_device(std::string_view text);

}  // namespace relu0
