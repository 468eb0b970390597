#include "analysis/torchscript/import/operators/operators.hpp"

#include <algorithm>
#include <array>

namespace relu0::script_import {

const ImportedOperator* find_operator(std::string_view name) {
  for (const auto family : {layer_operators(), activation_operators(), pooling_operators(),
                            structure_operators(), loss_operators()}) {
    const auto found = std::find_if(family.begin(), family.end(),
                                    [name](const ImportedOperator& one) { return one.name == name; });
    if (found != family.end()) {
      return &*found;
    }
  }
  return nullptr;
}

bool reads_no_values(std::string_view name) {
  constexpr std::array<std::string_view, 12> names{"aten::size",
                                                   "aten::sym_size",
                                                   "aten::dim",
                                                   "aten::numel",
                                                   "aten::stride",
                                                   "aten::is_complex",
                                                   "aten::is_floating_point",
                                                   "aten::result_type",
                                                   "aten::can_cast",
                                                   "aten::empty_like",
                                                   "aten::zeros_like",
                                                   "aten::ones_like"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace relu0::script_import
