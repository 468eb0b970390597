#pragma once
#include <string>

namespace relu0 {

/// The LibTorch that this program runs on.
struct LibTorchInfo {
  std::string version;         ///< "1.13.0"
  std::string cpu_capability;  ///< "AVX2": the instruction set of its own kernels
  bool cuda_available = false;
  /// Its CUDA, cuDNN and other GPU libraries with their versions, "; " between them; "unknown" where it has
  /// none.
  std::string cuda_libraries;
  std::string build;  ///< its own description of how it was built, several lines
};

LibTorchInfo libtorch_info();

}  // namespace relu0
