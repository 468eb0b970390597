#pragma once
#include "fixtures/data/dataset.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/weights.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace relu0::test {

/// Networks of a few layers, each around one operation or one way of connecting them; together they hold
/// every operation. Names are words joined by underscores.
std::vector<Network> small_networks();

/// Input → operation → Flatten → loss: the gradient at the operation's output is (softmax − label) / n.
Network single_operation(Shape input, Operation operation);

/// `samples` images of a network's input shape, pixels in [0, 1) in steps of 1/8 so that ties and exact
/// cancellations occur, with labels; drawn from `seed`.
Batch tied_batch(const Network& network, std::int64_t samples, std::uint64_t seed);

/// θ drawn from `seed` with batch-norms that do something: γ, β, running mean and variance are drawn too.
Weights lively_weights(const Network& network, std::uint64_t seed);

}  // namespace relu0::test
