#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/script_pass.hpp"

#include <cstdint>

namespace relu0::gate {

/// Samples of a mini-batch: the first extent of its target or, where there is none, of its first tensor.
/// Throws InputError for a mini-batch without a tensor of at least one dimension.
std::int64_t sample_count(const ScriptBatch& batch);

/// The samples of those indices, in their order, of every input and target whose first extent is
/// sample_count(); what is no such tensor stays. indices: int64, one dimension.
ScriptBatch samples_of(const ScriptBatch& batch, const at::Tensor& indices);

}  // namespace relu0::gate
