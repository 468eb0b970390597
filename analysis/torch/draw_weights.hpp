#pragma once
#include "fixtures/network/weights.hpp"

#include <cstdint>

namespace relu0 {

/// θ as PyTorch's default initialisation draws it, on the CPU in binary32, after torch.manual_seed(seed):
/// modules in the network's order, for each Linear and Convolution kaiming_uniform_(weight, a = √5) and then,
/// where it has one, its bias from U(−1/√fan_in, 1/√fan_in); batch-norms start at γ = 1, β = 0, running mean
/// 0 and variance 1 and draw nothing. Draw i of a run with seed b uses seed b + i.
Weights draw_weights(const Network& network, std::uint64_t seed);

}  // namespace relu0
