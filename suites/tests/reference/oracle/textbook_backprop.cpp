#include "suites/tests/reference/oracle/textbook_backprop.hpp"

#include "suites/tests/reference/oracle/operations/all.hpp"
#include "suites/tests/reference/oracle/pass.hpp"

namespace relu0::oracle {

Backprop backprop(const Network& network, const Weights& weights, const Batch& batch,
                  const KinkChoices& kinks, const Contract& contract) {
  Pass pass(network, weights, batch, kinks, contract);
  const std::vector<Node>& nodes = network.nodes();
  for (std::size_t node = 1; node < nodes.size(); ++node) {
    pass.take_up(node);
    pass.set_output(visit_computed([&pass](const auto& operation) { return forward(operation, pass); },
                                   nodes[node].operation));
  }
  for (std::size_t node = nodes.size() - 1; node > 0; --node) {
    pass.take_up(node);
    visit_computed([&pass](const auto& operation) { backward(operation, pass); }, nodes[node].operation);
  }
  Backprop result{.loss = pass.output(nodes.size() - 1)(0, 0),
                  .parameters = pass.parameter_gradients(),
                  .input = pass.gradient(0),
                  .kink_inputs = {},
                  .kinks_met = pass.kinks_met()};
  for (const NodeKink& kink : network.kinks()) {
    if (kink.place.point) {
      result.kink_inputs[kink.node] = pass.output(nodes[kink.node].inputs[0]);
    }
  }
  return result;
}

}  // namespace relu0::oracle
