#pragma once
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

/// describe_machine(), and each data set with its checksums.
Environment describe_environment(const DataSets& data, Device device);

/// How the calling thread rounds: the facts rounding, flush-to-zero and denormals-are-zero.
Environment rounding_facts();

/// Names of the facts that describe_machine() gives; every store that this version writes has them.
std::vector<std::string> recorded_facts();

/// The number of processor cores that a run uses unless it is told otherwise; at least 1.
int processor_cores();

/// "emulated" or "native", and how.
std::string precision_support(Precision precision, Device device);

}  // namespace relu0
