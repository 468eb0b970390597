#pragma once
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/library_choice.hpp"
#include "fixtures/network/precision.hpp"
#include "suites/measurements/base/network_choice.hpp"
#include "suites/run/data_sets.hpp"

#include <cstdint>
#include <optional>

namespace relu0 {

/// What networks are drawn and measured in, whatever is measured: the network's description, the arithmetic,
/// and the mini-batches.
struct Setting {
  NetworkChoice network{};
  Precision precision = Precision::fp32;
  std::int64_t batch_size = 256;
  DataName data = datasets::mnist;
  std::optional<KernelChoice> kernel{};  ///< absent: the run's
  /// By which code the libraries behind the kernel compute. Any but the usual choice is measured in a process
  /// of its own (suites/run/workers).
  LibraryChoice libraries{};
};

}  // namespace relu0
