#pragma once
#include "fixtures/models/imported_model.hpp"

#include <vector>

namespace relu0::test {

struct BoundedOutputs {
  std::vector<double> values;  ///< in binary64
  std::vector<double> bounds;  ///< how far from `values` those of binary32 may be
};

/// What the model makes of its inputs before its loss, and how far a computation in binary32 may be from it,
/// in any order of its sums. The bound runs with the values from node to node (Higham, Accuracy and Stability
/// of Numerical Algorithms, 2nd ed., section 3.3): with e the bound at a node's input x and |W| the node with
/// its weights' magnitudes, e' = |W| e, without what the node adds, + γ_(n + 1) |W| (|x| + e), with n the
/// node's roundings() and one more for the binary64 arithmetic of this computation, which covers n 2^−53 as
/// long as n < 2^29. A local response normalisation has a bound of its own. Where later nodes damp errors it
/// stays far below what the magnitudes of the whole network give (magnitude_network.hpp).
///
/// Throws std::invalid_argument for operations without a bound, for Multiply, and for batch-norms with
/// the mini-batch's statistics.
BoundedOutputs bounded_outputs(const ImportedModel& model, const std::vector<float>& inputs);

}  // namespace relu0::test
