#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/autograd/operator_observer.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

namespace relu0 {

/// How large the terms are that a backward pass adds up to its gradients: for a gradient g = Σₖ tₖ, element
/// by element, Σₖ |tₖ| over the terms of the last sum. It is what an error of rounding has to be held
/// against: where terms cancel, g is small and its error is not (rounding_bound.hpp).
///
/// Told of every operator of the pass, this observer computes those that add products up (matrix products,
/// convolutions, sums, embeddings) once more with the absolute values of their arguments, those for the
/// affine parameters of normalisations from their definition, and adds the absolute values of the two sides
/// of an addition. Views, copies, signs and factors take the result along, and so does a sum of one term.
/// What a gradient is that another operator gave is not known.
///
/// The terms are computed in the pass's own type, with one rounding less than an emulated arithmetic has: n
/// of them to a relative accuracy of n u, which is ample for a bound.
class SummedTerms final : public OperatorObserver {
 public:
  /// `elements`: the numbers of elements of the gradients that will be asked for. Results of other sizes are
  /// not looked at, which saves the time.
  explicit SummedTerms(std::set<std::int64_t> elements) : elements_(std::move(elements)) {}

  void starts(const at::RecordFunction& call) override;
  void ended(const at::RecordFunction& call) override;

  /// The terms of a tensor that the pass left, of its shape; undefined where they are not known.
  [[nodiscard]] at::Tensor of(const at::Tensor& gradient) const;

 private:
  /// What becomes of the terms in an operator.
  enum class Rule { adds_up, carries, copies, accumulates, batch_norm, layer_norm, group_norm };

  struct Running {
    std::optional<Rule> rule;              ///< absent: it ends them
    std::vector<c10::IValue> arguments{};  ///< where there is a rule
    at::Tensor first_terms{};              ///< of the first argument before the operator changed it in place
  };

  using Weak = c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;
  struct Known {
    Weak of;
    at::Tensor terms;
  };

  static std::optional<Rule> rule_of(const c10::OperatorName& name);

  [[nodiscard]] bool is_asked_for(const at::Tensor& tensor) const;
  /// The gradient's absolute values where its terms are not known.
  [[nodiscard]] at::Tensor terms_or_size(const at::Tensor& gradient) const;
  void set(const at::Tensor& gradient, at::Tensor terms);
  void forget(const at::Tensor& gradient);
  void apply(const Running& ended, const at::RecordFunction& call, const std::vector<at::Tensor>& results);

  std::set<std::int64_t> elements_;
  std::vector<Running> running_;  ///< the innermost operator is the last
  std::size_t within_rule_ = 0;   ///< how many of these run within one that has a rule
  std::unordered_map<const c10::TensorImpl*, Known> known_;
};

}  // namespace relu0
