#pragma once
#include "fixtures/network/batch.hpp"
#include "fixtures/network/network.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace relu0 {

/// Whether a sample's activations depend on its mini-batch: on the others' by a batch-norm, on its place by a
/// dropout. Then its samples cannot be looked at by themselves.
bool ties_samples_together(const Network& network);

/// The samples of a mini-batch that go through the reference, and where each stands among them.
struct SampleSelection {
  Batch batch;
  std::vector<std::int64_t> place;  ///< of each sample of the mini-batch; −1 for those left out
};

SampleSelection select_all(const Batch& batch);

/// Those that `wanted` says yes to, in their order.
SampleSelection select_samples(const Batch& batch, const std::function<bool(std::int64_t sample)>& wanted);

}  // namespace relu0
