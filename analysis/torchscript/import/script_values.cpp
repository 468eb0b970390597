#include "analysis/torchscript/import/script_values.hpp"

#include <utility>

namespace relu0::script_import {

namespace {

const void* identity(const at::Tensor& tensor) { return tensor.unsafeGetTensorImpl(); }

/// nullptr where a tensor has no memory of its own kind (sparse tensors).
const void* memory(const at::Tensor& tensor) {
  return tensor.has_storage() ? tensor.storage().unsafeGetStorageImpl() : nullptr;
}

}  // namespace

void ScriptValues::set(const at::Tensor& tensor, ScriptValue value) {
  const auto [entry, added] = values_.insert_or_assign(identity(tensor), Known{tensor, std::move(value)});
  if (const void* const where = memory(tensor); added && where != nullptr) {
    in_memory_[where].push_back(entry->first);
  }
}

const ScriptValue* ScriptValues::find(const at::Tensor& tensor) const {
  static const ScriptValue lost =
      LostValue{"it reads the memory of a tensor past the operators (.data, or a view that none made)"};
  if (const auto known = values_.find(identity(tensor)); known != values_.end()) {
    return &known->second.value;
  }
  return in_memory_.contains(memory(tensor)) ? &lost : nullptr;
}

void ScriptValues::written(const at::Tensor& tensor) {
  const auto there = in_memory_.find(memory(tensor));
  if (there == in_memory_.end()) {
    return;
  }
  for (const void* const other : there->second) {
    values_.at(other).value = LostValue{"it reads memory that another operator has written into since"};
  }
}

}  // namespace relu0::script_import
