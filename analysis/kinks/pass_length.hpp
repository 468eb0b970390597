#pragma once
#include "fixtures/network/network.hpp"

#include <cstdint>

namespace relu0 {

/// How far rounding may reach through a forward and backward pass over a mini-batch: what rounding_bound()
/// asks for.
struct PassLength {
  std::int64_t operations = 0;  ///< that follow one another
  std::int64_t summands = 0;    ///< the lengths of the longest sum in each of them, added up
};

/// The length of the passes of a network whose sums are those of products, convolutions, the loss and the
/// mean over the mini-batch. Counted are each node's forward and backward operation, and for the weight with
/// the longest sums its gradient over samples and places.
PassLength pass_length(const Network& network, std::int64_t samples);

}  // namespace relu0
