#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/arithmetic.hpp"
#include "fixtures/network/batch.hpp"
#include "fixtures/network/network.hpp"

#include <ATen/core/Tensor.h>

namespace relu0 {

/// A mini-batch as tensors of an arithmetic.
struct BatchTensors {
  at::Tensor inputs;  ///< n × elements, rounded to the storage format
  at::Tensor labels;  ///< n int64
};

/// Throws InputError when lengths or labels do not fit, or the batch is empty.
BatchTensors to_tensors(const Batch& batch, std::int64_t classes, const Arithmetic& arithmetic);
/// Throws InputError also when the image shape or a label is not the network's.
BatchTensors to_tensors(const Batch& batch, const Network& network, const Arithmetic& arithmetic);

}  // namespace relu0
