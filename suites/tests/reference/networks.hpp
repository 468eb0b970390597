#pragma once
#include "fixtures/dataset.hpp"
#include "fixtures/network.hpp"
#include "fixtures/weights.hpp"

#include <cstdint>

namespace relu0::reference {

/// Small networks that together hold every operation.
/// @{
Network small_mlp();
/// Two convolutions with batch-norm of the given statistics, overlapping max-pool and average pool.
Network small_convolutional(BatchStatistics statistics = BatchStatistics::of_mini_batch);
/// A residual block with a strided shortcut, adaptive average pool.
Network small_residual();
/// @}

/// θ of the network, of `significant_bits` bits each so that sums with small steps are exact in a double;
/// batch-norm's γ and running variances are positive.
Weights draw_weights(const Network& network, std::uint64_t seed, int significant_bits = 24);

/// Uniform pixels, labels 0 … classes − 1 in turn.
Batch draw_batch(const Network& network, std::int64_t size, std::uint64_t seed);

}  // namespace relu0::reference
