#pragma once
#include "fixtures/network/batch.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/weights.hpp"

#include <cstdint>
#include <vector>

namespace relu0::reference {

/// Small networks that together hold every operation.
/// @{
Network small_mlp();
/// Two convolutions with batch-norm of the given statistics, overlapping max-pool and average pool.
Network small_convolutional(BatchStatistics statistics = BatchStatistics::of_mini_batch);
/// A residual block with a strided shortcut, adaptive average pool.
Network small_residual();
/// @}
/// All of them, with batch-norm of both statistics.
std::vector<Network> small_networks();

/// θ of the network, of `significant_bits` bits each so that sums with small steps are exact in a double;
/// batch-norm's γ and running variances are positive.
Weights draw_weights(const Network& network, std::uint64_t seed, int significant_bits = 24);

/// Uniform pixels, labels 0 … classes − 1 in turn.
Batch draw_batch(const Network& network, std::int64_t size, std::uint64_t seed);

/// A network with θ and a mini-batch, all by hand.
struct Example {
  Network network;
  Weights weights;
  Batch batch;
};

/// `operations` one after the other on the input, then a bias-free linear layer of ones to two classes, and
/// the loss. Node i + 1 is operation i, whose parameters and buffers follow those of the ones before it in
/// `parameters` and `buffers`. As many samples as there are inputs for, all of label 0.
Example chain(Shape input, std::vector<Operation> operations, std::vector<float> inputs,
              std::vector<std::vector<double>> parameters, std::vector<std::vector<double>> buffers = {});

}  // namespace relu0::reference
