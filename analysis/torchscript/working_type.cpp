#include "analysis/torchscript/working_type.hpp"

#include <algorithm>
#include <cstdint>

#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/constants.h>

namespace relu0 {

namespace {

namespace jit = torch::jit;

void widen_constant(jit::Node& constant) {
  if (!constant.hasAttribute(c10::attr::value) ||
      constant.kindOf(c10::attr::value) != jit::AttributeKind::t) {
    return;
  }
  const at::Tensor tensor = constant.t(c10::attr::value);
  if (tensor.defined() && tensor.scalar_type() == at::kFloat) {
    const at::Tensor wide = tensor.to(at::kDouble);
    constant.t_(c10::attr::value, wide);
    constant.output()->inferTypeFrom(wide);
  }
}

/// Arguments called dtype are types, written as numbers.
void widen_types(jit::Node& node) {
  const auto* op = node.maybeOperator();
  if (op == nullptr) {
    return;
  }
  const auto& arguments = op->schema().arguments();
  for (std::size_t i = 0; i < std::min(arguments.size(), node.inputs().size()); ++i) {
    if (arguments[i].name() != "dtype") {
      continue;
    }
    const auto type = jit::toIValue(node.inputs()[i]);
    if (type && type->isInt() && type->toInt() == static_cast<std::int64_t>(at::kFloat)) {
      const jit::WithInsertPoint before(&node);
      node.replaceInput(i, node.owningGraph()->insertConstant(static_cast<std::int64_t>(at::kDouble)));
    }
  }
}

void widen(jit::Block& block) {
  for (jit::Node* node : block.nodes()) {
    for (jit::Block* inner : node->blocks()) {
      widen(*inner);
    }
    if (node->hasAttribute(c10::attr::Subgraph)) {
      widen(*node->g(c10::attr::Subgraph)->block());
    }
    if (node->kind() == c10::prim::Constant) {
      widen_constant(*node);
    } else {
      widen_types(*node);
    }
  }
}

}  // namespace

void widen_to_binary64(const torch::jit::Module& module) {
  // Those of all modules, and the functions that they call.
  for (jit::Function* function : module._ivalue()->compilation_unit()->get_functions()) {
    function->ensure_defined();
    if (auto* of_graph = jit::tryToGraphFunction(*function)) {
      widen(*of_graph->graph()->block());
    }
  }
}

}  // namespace relu0
