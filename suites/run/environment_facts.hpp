#pragma once
#include "analysis/machine/device.hpp"
#include "fixtures/network/precision.hpp"
#include "reports/model/environment.hpp"
#include "suites/run/data_sets.hpp"

#include <vector>

namespace relu0 {

/// Where this process measures: processor, BLAS, LibTorch, MPFR, compiler, revision, each data set and its
/// checksums, and which precisions are native or emulated.
Environment describe_environment(const DataSets& data, Device device);

/// Of this machine; at least 1.
int processor_cores();

/// "emulated" or "native", and how.
std::string precision_support(Precision precision, Device device);

/// Names of the facts that differ between two environments and on which a measurement's bits can depend; the
/// revision is not one of them, nor is a data set that only one of them has.
std::vector<std::string> differing_facts(const Environment& a, const Environment& b);

}  // namespace relu0
