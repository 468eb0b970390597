#pragma once
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/device.hpp"
#include "fixtures/network/precision.hpp"
#include "reports/model/environment.hpp"
#include "suites/run/data_sets.hpp"

#include <string>
#include <vector>

namespace relu0 {

/// With what this process measures, all but the data: processor, the library, version and instruction set
/// behind each kind of operation, the variables that steer them, how the calling thread rounds, LibTorch,
/// MPFR, compiler, revision, and which precisions are native or emulated. Leaves LibTorch and BLAS with one
/// thread (kernels.hpp).
Environment describe_machine(Device device);

/// The libraries that compute linear layers and convolutions where a kernel is not portable.
enum class ProductLibraries { used, not_used };

/// describe_machine(), each data set with its checksums, and the run's kernel. What is about libraries that
/// are not used is marked by facts::unused_prefix: BLAS, oneDNN, what they choose their code by (processor
/// and caches) and the variables that steer them. What LibTorch computes itself (losses, batch-norms, average
/// pools, softmax) depends on LibTorch and its instruction set, the C library and the processor's instruction
/// sets in any case.
Environment describe_environment(const DataSets& data, Device device,
                                 const KernelChoice& kernel = usual_kernel(Device::cpu),
                                 ProductLibraries libraries = ProductLibraries::used);

/// How the calling thread rounds: the facts rounding, flush-to-zero and denormals-are-zero.
Environment rounding_facts();

/// Names of the facts that describe_machine() gives; every store that this version writes has them.
std::vector<std::string> recorded_facts();

/// The number of processor cores that a run uses unless it is told otherwise; at least 1.
int processor_cores();

/// "emulated" or "native", and how.
std::string precision_support(Precision precision, Device device);

}  // namespace relu0
