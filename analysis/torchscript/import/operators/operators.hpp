#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/import/script_call.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace relu0::script_import {

/// What a call becomes: the values of its results, tensors and those in lists, in their order.
using ImportOperator = std::vector<ScriptValue> (*)(ScriptCall& call);

/// An operator that is imported, by its name without overload and without the underscore of in-place
/// spellings.
struct ImportedOperator {
  std::string_view name;  ///< "aten::relu"
  ImportOperator import;
};

/// @name The operators of each family
/// @{
std::span<const ImportedOperator> layer_operators();
std::span<const ImportedOperator> activation_operators();
std::span<const ImportedOperator> pooling_operators();
std::span<const ImportedOperator> structure_operators();
std::span<const ImportedOperator> loss_operators();
/// @}

/// nullptr where an operator is not imported.
const ImportedOperator* find_operator(std::string_view name);

/// Whether an operator computes nothing but facts of a tensor that its values have no part in: its extents,
/// its type.
bool reads_no_values(std::string_view name);

}  // namespace relu0::script_import
