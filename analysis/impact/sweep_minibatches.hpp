#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/impact/sweep.hpp"
#include "analysis/torch/arithmetic.hpp"

#include <cstdint>
#include <functional>
#include <optional>

#include <ATen/core/Tensor.h>

namespace relu0 {

struct SweepData::Implementation {
  Arithmetic arithmetic;
  Device device;
  Shape image_shape;
  at::Tensor inputs;
  at::Tensor labels;
};

/// A mini-batch as a sweep meets it.
struct SweptMinibatch {
  at::Tensor inputs;                        ///< n × elements
  at::Tensor labels;                        ///< n int64
  std::optional<std::int64_t> first_image;  ///< index in the data set, where its images stand in a row there
};

/// One mini-batch after the other; absent after the last.
using SweptMinibatches = std::function<std::optional<SweptMinibatch>()>;

/// Makes the mini-batches of prepared data, in order. The data must outlive the result.
SweptMinibatches minibatches(const SweepData::Implementation& data, std::int64_t batch_size);

/// Makes the mini-batches of a stream, beginning with the first of its first epoch. Each is made while the
/// one before it is in use. The network must outlive the result; throws what making a mini-batch throws, and
/// InputError for one that does not fit the network.
SweptMinibatches minibatches(const SweepStream& stream, const Network& network, const Arithmetic& arithmetic,
                             std::uint64_t seed);

}  // namespace relu0
