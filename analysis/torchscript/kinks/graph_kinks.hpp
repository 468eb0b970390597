#pragma once
// Private to analysis.
#include "analysis/torchscript/kinks/script_kinks.hpp"

namespace torch::jit {
struct Module;
}

namespace relu0 {

/// What the graph of a model's forward() says before it runs, all functions and submodules and both sides of
/// each branch included.
struct GraphKinks {
  std::vector<OperatorPlace> kinks;  ///< controlled
  std::vector<UncontrolledOperator>
      uncontrolled;                          ///< with a kink that isn't, or unknown; runs: times in the graph
  std::vector<std::string> interface_calls;  ///< methods of modules that are only known when they run
};

GraphKinks kinks_of_graph(const torch::jit::Module& module);

}  // namespace relu0
