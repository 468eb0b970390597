#pragma once
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/library_choice.hpp"
#include "suites/measurements/base/network_choice.hpp"

#include <vector>

namespace relu0::kernel_study {

/// A kernel and the libraries behind it.
struct ListedKernel {
  KernelChoice kernel;
  LibraryChoice libraries{};
};

/// The kernels that can change how a network's ReLUs meet zeros, as far as this machine can run them:
/// LibTorch's own as this process has them, by instruction set and core type of the libraries that its layers
/// use, by two threads; the same with the bias last, where a layer before a ReLU has a bias; and the portable
/// ones in the orders that a layer of the network can have.
std::vector<ListedKernel> kernels_for(const NetworkChoice& network);

}  // namespace relu0::kernel_study
