#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/kinks/operator_kinds.hpp"
#include "analysis/torchscript/kinks/script_kinks.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>

namespace relu0 {

/// On which side of its kinks one run of an operator was: what decides which pieces of a piecewise function
/// its backward pass differentiates.
struct Branch {
  /// KinkFamily::points: twice how many of the points lie below each element, and 1 more where it lies on one
  /// (0: below all, 1: on the first, 2: between the first and the second …); 255 for NaN. Bytes, of the first
  /// argument's shape.
  at::Tensor side{};
  /// KinkFamily::pool: where LibTorch found the maximum of each window.
  at::Tensor winners{};
  /// The others: the tensors that were compared with each other, as binary64 numbers, by argument.
  std::vector<at::Tensor> compared{};
};

/// The branches of a pass, by KinkSite::id() of each operator's first kink.
using Branches = std::map<std::string, Branch>;

/// How far the branch of one run of an operator differs from that in another pass.
struct BranchDifference {
  OperatorPlace place;
  std::int64_t elements = 0;   ///< inputs, or windows of a pool
  std::int64_t differing = 0;  ///< of them, on another side
};

/// What is kept of one run of an operator, so that its backward pass can take the branch of another pass.
class BranchOfCall {
 public:
  /// Before the operator runs. `points`: where its kinks lie (KinkFamily::points).
  BranchOfCall(c10::OperatorHandle op, KinkFamily family, std::span<const c10::IValue> arguments,
               std::vector<double> points, OperatorPlace place);

  /// For a pool, once it has run.
  void set_winners(const at::Tensor& winners) { branch_.winners = winners; }

  [[nodiscard]] const Branch& branch() const { return branch_; }
  [[nodiscard]] BranchDifference difference(const Branch& other) const;

  /// Which branch backward passes take from now on; nullptr: its own. It outlives these passes.
  void follow(const Branch* other) { followed_ = other; }
  /// Replaces LibTorch's own gradients of the operator's arguments by those of the followed branch where that
  /// differs. `gradient`: that of the operator's first result. At points the derivative is taken right beside
  /// the point that lies between the two, by the operator's own backward pass there.
  void take(const at::Tensor& gradient, std::vector<at::Tensor>& gradients) const;

 private:
  /// Inputs or windows on another side.
  [[nodiscard]] at::Tensor differing_inputs(const Branch& other) const;
  [[nodiscard]] std::vector<at::Tensor> gradients_where(const std::vector<at::Tensor>& compared,
                                                        const at::Tensor& gradient) const;
  [[nodiscard]] at::Tensor beside_points(const Branch& other, const at::Tensor& differing) const;

  c10::OperatorHandle op_;
  KinkFamily family_;
  std::vector<c10::IValue> arguments_;  ///< without the first one at points
  std::vector<double> points_;          ///< in ascending order
  at::ScalarType type_;                 ///< of the first argument
  OperatorPlace place_;
  Branch branch_;
  const Branch* followed_ = nullptr;
};

}  // namespace relu0
