#include "analysis/torchscript/kinks/graph_kinks.hpp"

#include "analysis/torchscript/kinks/operator_kinds.hpp"
#include "analysis/torchscript/kinks/source_place.hpp"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/passes/inliner.h>

namespace relu0 {

namespace {

namespace jit = torch::jit;

/// The innermost line of the model's own code, as current_place() chooses it.
OperatorPlace place_of(const jit::Node& node) {
  OperatorPlace place{node.kind().toQualString(), "", source_of(node.sourceRange())};
  if (const auto stack = node.callstack()) {
    std::vector<std::string> calls;
    for (const auto& entry : (*stack)->vec()) {  // outermost first
      calls.push_back(source_of(std::get<1>(entry)));
      const auto& instance = std::get<2>(entry);
      if (instance && instance->instance_name() != "SELF") {
        place.module += (place.module.empty() ? "" : ".") + instance->instance_name();
      }
    }
    for (auto call = calls.rbegin(); call != calls.rend() && is_source_of_torch(place.source); ++call) {
      place.source = *call;
    }
  }
  return place;
}

bool is_controlled(const jit::Node& node) {
  const std::string name = node.kind().toQualString();
  const std::string functional = functional_name(name);
  const std::string overload = node.getOperator().schema().overload_name();
  return decomposes_into_kinks(functional) ||
         kinked_operator(functional + (overload.empty() ? "" : "." + overload)) ||
         (functional == "aten::max" && overload == "other") ||
         (functional == "aten::min" && overload == "other");
}

void walk(const jit::Block& block, GraphKinks& found) {
  for (const jit::Node* node : block.nodes()) {
    for (const jit::Block* inner : node->blocks()) {
      walk(*inner, found);
    }
    if (node->kind() == c10::prim::CallMethod) {
      found.interface_calls.push_back(node->s(c10::attr::name));
      continue;
    }
    if (node->kind() == c10::prim::fork) {
      walk(*node->g(c10::attr::Subgraph)->block(), found);
      continue;
    }
    if (node->maybeOperator() == nullptr || node->kind().is_prim()) {
      continue;
    }
    if (is_controlled(*node)) {
      found.kinks.push_back(place_of(*node));
      continue;
    }
    const std::string name = functional_name(node->kind().toQualString());
    const OperatorKind kind = kind_of_operator(name);
    if (kind == OperatorKind::kinked || (kind == OperatorKind::unknown && !node->kind().is_aten())) {
      found.uncontrolled.push_back({place_of(*node), kind == OperatorKind::kinked, 1});
    }
  }
}

}  // namespace

GraphKinks kinks_of_graph(const torch::jit::Module& module) {
  const auto graph = module.get_method("forward").graph()->copy();
  torch::jit::Inline(*graph);
  GraphKinks found;
  walk(*graph->block(), found);
  return found;
}

}  // namespace relu0
