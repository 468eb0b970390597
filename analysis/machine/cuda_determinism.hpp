#pragma once
#include "analysis/machine/device.hpp"

#include <string>

namespace relu0 {

/// @file
/// How a CUDA device is made to give the same bits twice, and what is not asked for.
///
/// - cuBLAS: CUBLAS_WORKSPACE_CONFIG is :4096:8 or :16:8, the two values with which NVIDIA promises that a
///   product has the same bits each time where several streams use it (cuBLAS, "Results Reproducibility").
///   cuBLAS and LibTorch read it at the first product of the process.
/// - cuDNN: its deterministic kernels, chosen without timing (Arithmetic::activate()). Others add the
///   gradients of convolutions atomically, in an order that differs from call to call.
/// - LibTorch's own kernels: none of relu0's operations but the adaptive pools whose windows overlap adds
///   atomically. For these LibTorch has no other kernel. at::Context::setDeterministicAlgorithms() would make
///   them an error; the control of each measurement finds them instead.
///
/// With Device::cuda_nondeterministic nothing of this is asked for, as in code that does not think of it.

/// Sets CUBLAS_WORKSPACE_CONFIG for Device::cuda where it is absent; nothing to do for other devices. To be
/// called before the first CUDA operation of the process and while it has one thread. Throws InputError where
/// the variable has a value without that promise.
void prepare_process(Device device);

/// What is asked for on a CUDA device, for an environment: "cuBLAS with the workspace :4096:8, cuDNN's
/// deterministic kernels". Reads CUBLAS_WORKSPACE_CONFIG.
std::string describe_determinism(Device device);

}  // namespace relu0
