#pragma once
#include <string>

namespace relu0 {

/// The processor of this machine, as far as libraries choose their kernels by it.
struct ProcessorInfo {
  std::string model;  ///< "AMD EPYC 9554"; "unknown" where the system does not say
  int cores = 1;      ///< that the process may use; at least 1
  /// The vector instruction sets that it has, sorted: "avx avx2 avx512f … fma".
  std::string instruction_sets;
  /// Sizes of the data caches, by which libraries cut sums into blocks: "L1 32K, L2 1024K, L3 32768K".
  std::string caches;
};

/// Linux: from /proc/cpuinfo and /sys/devices/system/cpu; what they do not say is "unknown".
ProcessorInfo processor_info();

/// The models of this machine's NVIDIA GPUs, sorted, ", " between them: from /proc/driver/nvidia (Linux);
/// "unknown" where the driver does not say.
std::string gpu_models();

}  // namespace relu0
