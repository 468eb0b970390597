#include "analysis/machine/steering_variables.hpp"

#include <cstdlib>

namespace relu0 {

const std::vector<SteeringVariable>& steering_variables() {
  static const std::vector<SteeringVariable> all{
      {"ATEN_CPU_CAPABILITY", "LibTorch's own kernels"},
      {"CUBLAS_WORKSPACE_CONFIG", "cuBLAS"},
      {"DNNL_CPU_ISA_HINTS", "oneDNN"},
      {"DNNL_DEFAULT_FPMATH_MODE", "oneDNN"},
      {"DNNL_MAX_CPU_ISA", "oneDNN"},
      {"GLIBC_TUNABLES", "the C library's exp, log and pow"},
      {"MKL_CBWR", "MKL"},
      {"MKL_DEBUG_CPU_TYPE", "MKL"},
      {"MKL_ENABLE_INSTRUCTIONS", "MKL"},
      {"NVIDIA_TF32_OVERRIDE", "cuBLAS and cuDNN"},
      {"ONEDNN_CPU_ISA_HINTS", "oneDNN"},
      {"ONEDNN_DEFAULT_FPMATH_MODE", "oneDNN"},
      {"ONEDNN_MAX_CPU_ISA", "oneDNN"},
      {"OPENBLAS_BLOCK_FACTOR", "OpenBLAS"},
      {"OPENBLAS_CORETYPE", "OpenBLAS"},
      {"TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "LibTorch's products on GPUs"},
  };
  return all;
}

std::string value_of(const SteeringVariable& variable) {
  const char* value = std::getenv(variable.name.c_str());
  return value == nullptr ? absent_variable : value;
}

}  // namespace relu0
