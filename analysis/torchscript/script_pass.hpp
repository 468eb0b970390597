#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/autograd/named_gradient.hpp"
#include "analysis/torchscript/import/imported_pass.hpp"
#include "analysis/torchscript/kinks/branches.hpp"
#include "analysis/torchscript/runnable_model.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/precision.hpp"

#include <functional>

#include <ATen/core/ivalue.h>

namespace relu0 {

/// The model's own code fails on a mini-batch, in LibTorch's words: the first line says in which pass and
/// why, further ones where in the model's source.
class ModelFailure : public InputError {
 public:
  using InputError::InputError;
};

/// How the loss comes from a model's output.
enum class ScriptLoss {
  /// Taken of logits, n × classes …, with labels or class probabilities; mean over the mini-batch. With n
  /// labels,
  /// logits of n × classes × 1 × 1 are n × classes, here and for nll.
  cross_entropy,
  nll,    ///< negative log-likelihood of log-probabilities; mean
  mse,    ///< mean of the squared differences from targets of the output's shape
  model,  ///< the output is the loss: one number
};

inline constexpr std::array all_script_losses{ScriptLoss::cross_entropy, ScriptLoss::nll, ScriptLoss::mse,
                                              ScriptLoss::model};
/// "cross-entropy", "nll", "mse" or "model".
std::string_view name(ScriptLoss loss);
/// The inverse of name(). Throws InputError listing the four names.
ScriptLoss parse_script_loss(std::string_view text);

/// With respect to what gradients are taken.
enum class GradientOf { parameters, inputs };

/// What runs the model's code.
enum class ScriptExecutor {
  /// The interpreter without optimisation, which calls one operator after the other and leaves derivatives to
  /// autograd. Calls 1 and 4 do the same, and choices at kinks have an effect.
  plain,
  /// TorchScript's default, which profiles the first calls and then may fuse operators and replace the
  /// backward pass by its own: what the model's users run. Only for a model that has one
  /// (ModelInfo::has_optimising_executor). Choices at kinks stay native and kinks aren't counted.
  optimising,
};

/// A mini-batch.
struct ScriptBatch {
  std::vector<c10::IValue> inputs;  ///< the arguments of forward(), tensors of which are given as they are
  at::Tensor target{};              ///< undefined for ScriptLoss::model
};

/// What becomes of a gradient where autograd hands it to a parameter: the parameter's number in the model's
/// order, the gradient, and what is kept in its place.
using GradientHook = std::function<at::Tensor(std::size_t parameter, const at::Tensor& gradient)>;

struct ScriptSettings {
  Precision precision = Precision::fp32;
  ScriptLoss loss = ScriptLoss::cross_entropy;
  GradientOf gradient_of = GradientOf::parameters;
  ScriptExecutor executor = ScriptExecutor::plain;
  /// Which element of a tuple or list of several tensors is the output; absent: there must be one tensor
  /// only.
  std::optional<std::size_t> output{};
  /// Random numbers of every pass start from it.
  std::uint64_t seed = 0;
  /// Called for every parameter in every pass; absent but in the gate's self-test.
  GradientHook gradient_hook{};
};

/// What a forward pass and one backward pass from its loss gave.
struct ScriptResult {
  double loss = 0;
  NamedGradients gradients;       ///< of those that require one, in the model's order; binary32 or binary64
  std::vector<SiteCensus> sites;  ///< in the order in which they ran; none under ScriptExecutor::optimising
  std::vector<UncontrolledOperator> uncontrolled;
  /// Operators that make truth values, integers or numbers of Python of real numbers: no gradient goes
  /// through.
  std::vector<OperatorPlace> steps;
  std::vector<ShortenedNumbers> shortened;  ///< where the model converts real numbers to a shorter type
  std::vector<std::string> changed_state;   ///< what the pass changed of the model (it is put back)
  bool used_random_numbers = false;
};

/// What becomes of LibTorch's graph after a backward pass.
enum class GraphAfter {
  kept,     ///< further backward passes can start from the same loss
  released  ///< its memory is given back on the way
};

/// Whether a forward pass takes down on which side of its kinks each operator was: a byte for each input.
enum class KeepBranches { no, yes };

/// A forward pass, from whose loss any number of backward passes start: choices at kinks change nothing
/// before it. While it lives the model holds what the pass left there, and LibTorch's random numbers are the
/// pass's.
class ScriptPass {
 public:
  virtual ~ScriptPass();
  ScriptPass(const ScriptPass&) = delete;
  ScriptPass& operator=(const ScriptPass&) = delete;
  ScriptPass(ScriptPass&&) = delete;
  ScriptPass& operator=(ScriptPass&&) = delete;

  /// What the forward pass met, in the order in which it ran; after a backward pass with what that one met.
  [[nodiscard]] virtual std::vector<SiteCensus> sites() const = 0;
  [[nodiscard]] virtual bool used_random_numbers() const = 0;

  /// The gradients under these choices; native under ScriptExecutor::optimising. `choices.probe` has no part
  /// in it. Throws InputError where a backward pass fails, and std::logic_error where it went around a kink
  /// that the forward pass met, or after a pass that released the graph.
  virtual ScriptResult backward(const ScriptChoices& choices, GraphAfter graph) = 0;

  /// What the gradients of some tensors add up (SummedTerms): under each one's name Σₖ |tₖ| in place of
  /// Σₖ tₖ, undefined where that is not known. `tensors`: by their numbers in ScriptResult::gradients; of the
  /// gradients under `choices` or, where `others` is not nullptr, of the native ones on these branches, as
  /// backward_along() takes them. Throws what backward() does.
  virtual NamedGradients summed_terms(const std::vector<std::size_t>& tensors, const ScriptChoices& choices,
                                      const Branches* others, GraphAfter graph) = 0;

  /// @name What a pass knows that was asked to keep its branches (KeepBranches)
  /// @{
  /// On which side of its kinks each operator was.
  [[nodiscard]] virtual Branches branches() const = 0;
  /// Where that is another side than in another pass over the same mini-batch, say at another precision.
  [[nodiscard]] virtual std::vector<BranchDifference> differences(const Branches& others) const = 0;
  /// The native gradient with each operator on the other pass's side: what this pass's arithmetic gives for
  /// the piece of the piecewise smooth loss that the other one differentiated. Throws what backward() does.
  virtual ScriptResult backward_along(const Branches& others, GraphAfter graph) = 0;
  /// @}

 protected:
  ScriptPass() = default;
};

/// A model made ready to run in one arithmetic under one executor. Not for use by several threads at once,
/// and one that emulates an arithmetic rounds the parameters to it. Every pass begins from the state that the
/// file holds and from the same random numbers.
class ScriptRunner {
 public:
  /// Throws InputError for a model without parameters that require a gradient where theirs is asked for, and
  /// says which are frozen.
  ScriptRunner(const RunnableModel& model, ScriptSettings settings);
  ~ScriptRunner();
  ScriptRunner(const ScriptRunner&) = delete;
  ScriptRunner& operator=(const ScriptRunner&) = delete;
  ScriptRunner(ScriptRunner&&) = delete;
  ScriptRunner& operator=(ScriptRunner&&) = delete;

  /// Runs the model forward, with an input moved onto a kink where a probe says so. There is one such pass at
  /// a time, which the runner outlives. Throws InputError for inputs that the model does not take, an empty
  /// mini-batch, targets or outputs that do not fit the loss, and a model that fails while it runs (its
  /// source line is named).
  std::unique_ptr<ScriptPass> forward(const ScriptBatch& batch,
                                      const std::optional<ScriptProbe>& probe = std::nullopt,
                                      KeepBranches branches = KeepBranches::no);

  /// A forward pass and one backward pass. Throws what forward() and ScriptPass::backward() do.
  ScriptResult run(const ScriptBatch& batch, const ScriptChoices& choices = {});

  /// Describes the forward pass over a mini-batch, and its loss, as a network with the weights and the
  /// numbers of the mini-batch in this runner's arithmetic (import_pass()). Throws what run() does.
  ImportedPass import_network(const ScriptBatch& batch);

  /// What its passes share.
  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace relu0
