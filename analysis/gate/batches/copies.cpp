#include "analysis/gate/batches/copies.hpp"

#include <algorithm>

namespace relu0 {

namespace {

bool are_equal(const at::Tensor& a, const at::Tensor& b) {
  return a.defined() == b.defined() &&
         (!a.defined() || (a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes() && a.equal(b)));
}

bool are_equal(const ScriptBatch& a, const ScriptBatch& b) {
  return are_equal(a.target, b.target) &&
         std::equal(a.inputs.begin(), a.inputs.end(), b.inputs.begin(), b.inputs.end(),
                    [](const c10::IValue& one, const c10::IValue& other) {
                      return one.isTensor() && other.isTensor() &&
                             are_equal(one.toTensor(), other.toTensor());
                    });
}

}  // namespace

std::int64_t count_copies(const std::vector<ScriptBatch>& batches) {
  std::int64_t copies = 0;
  for (auto batch = batches.begin(); batch != batches.end(); ++batch) {
    copies += std::any_of(batches.begin(), batch,
                          [&](const ScriptBatch& before) { return are_equal(before, *batch); })
                  ? 1
                  : 0;
  }
  return copies;
}

}  // namespace relu0
