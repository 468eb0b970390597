#include "analysis/gate/batches/batch_samples.hpp"

#include "fixtures/error.hpp"

namespace relu0::gate {

std::int64_t sample_count(const ScriptBatch& batch) {
  if (batch.target.defined() && batch.target.dim() > 0) {
    return batch.target.size(0);
  }
  for (const c10::IValue& input : batch.inputs) {
    if (input.isTensor() && input.toTensor().dim() > 0) {
      return input.toTensor().size(0);
    }
  }
  throw InputError("the mini-batch has no tensor whose first extent counts samples");
}

ScriptBatch samples_of(const ScriptBatch& batch, const at::Tensor& indices) {
  const std::int64_t count = sample_count(batch);
  const auto taken = [&](const at::Tensor& tensor) {
    return tensor.defined() && tensor.dim() > 0 && tensor.size(0) == count ? tensor.index_select(0, indices)
                                                                           : tensor;
  };
  ScriptBatch result;
  for (const c10::IValue& input : batch.inputs) {
    result.inputs.push_back(input.isTensor() ? c10::IValue(taken(input.toTensor())) : input);
  }
  result.target = taken(batch.target);
  return result;
}

}  // namespace relu0::gate
