#pragma once
#include "analysis/zeros/zero_counts.hpp"
#include "fixtures/network/batch.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/weights.hpp"
#include "reference/pass/backprop.hpp"

namespace relu0 {

/// Counts the ReLU inputs of the reference that are not certainly other than 0: none of them is a rounding
/// zero. run: of the network, the weights and the batch.
ZeroCounts true_zeros(const Network& network, const Weights& weights, const Batch& batch,
                      const reference::Backprop& run);

}  // namespace relu0
