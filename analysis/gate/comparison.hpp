#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/gate/measured.hpp"
#include "analysis/gate/summed_difference.hpp"
#include "analysis/torchscript/script_pass.hpp"

#include <cstdint>
#include <vector>

namespace relu0::gate {

/// Gradients of the same tensors in the same order.
using GradientList = std::vector<NamedGradient>;

/// Whether all tensors are the same bit for bit.
bool are_same(const GradientList& a, const GradientList& b);

/// Whether all tensors hold the same numbers, in which −0 is +0. NaN is the same as nothing.
bool are_equal(const GradientList& a, const GradientList& b);

/// How differences are held against what the gradients add up (raise_summed()).
struct AgainstSums {
  double rounding = 0;
  SummedWhere where = SummedWhere::beyond_rounding;
  TermsOf terms_of;
};

/// Keeps for each tensor the largest relative difference, and where it was found. `changes` holds the tensors
/// in the gradients' order, or nothing yet. `sums`: nullptr where differences are not held against sums.
void raise_changes(std::vector<TensorChange>& changes, const GradientList& from, const GradientList& to,
                   std::int64_t mini_batch, const AgainstSums* sums = nullptr);

}  // namespace relu0::gate
