#pragma once
#include <string>

namespace relu0 {

/// oneDNN (formerly MKL-DNN), the library that LibTorch sends most float convolutions to.
struct OneDnnInfo {
  bool built_in = false;  ///< LibTorch was built with it
  bool enabled = false;   ///< and LibTorch's switch for it is on
  std::string version;    ///< "2.6.3"; empty where the library does not say
  /// The largest instruction set that its kernels are chosen for, after DNNL_MAX_CPU_ISA and the processor
  /// have had their say: "avx512_core_bf16", "avx2". Empty where the library does not say (a LibTorch that
  /// hides its oneDNN's symbols, oneDNN before 1.6).
  std::string instruction_set;
};

/// What the running process has. The first call fixes oneDNN's instruction set for the process, as the first
/// convolution would.
OneDnnInfo onednn_info();

}  // namespace relu0
