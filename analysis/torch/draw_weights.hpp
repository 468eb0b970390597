#pragma once
#include "fixtures/network/weights/weights.hpp"

#include <cstdint>

namespace relu0 {

/// θ as PyTorch's default initialisation draws it, on the CPU in binary32, after torch.manual_seed(seed):
/// tensors in the network's order, each as its TensorSpec::initialisation says. Draw i of a run with seed b
/// uses seed b + i. The bits are those of PyTorch on processors with AVX2, and the same on every machine.
Weights draw_weights(const Network& network, std::uint64_t seed);

}  // namespace relu0
