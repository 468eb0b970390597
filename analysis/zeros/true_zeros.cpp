#include "analysis/zeros/true_zeros.hpp"

#include "reference/pass/structural_zeros.hpp"
#include "reference/pass/zero_origin.hpp"

namespace relu0 {

ZeroCounts true_zeros(const Network& network, const Weights& weights, const Batch& batch,
                      const reference::Backprop& run) {
  reference::StructuralZeros structural(network, weights, batch, run);
  ZeroCounts counts;
  for (const std::size_t relu : network.nodes_with(Kink::relu)) {
    for (std::int64_t i = 0; i < run.kink_input(relu).values.size(); ++i) {
      const auto origin = reference::explain_zero(run, structural, network, relu, i).origin;
      if (origin != reference::ZeroOrigin::rounding) {
        counts.count(origin);
      }
    }
  }
  return counts;
}

}  // namespace relu0
