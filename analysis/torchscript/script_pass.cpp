#include "analysis/torchscript/script_pass.hpp"

#include "analysis/torch/arithmetic.hpp"
#include "analysis/torchscript/import/pass_import.hpp"
#include "analysis/torchscript/kinks/kink_dispatch.hpp"
#include "analysis/torchscript/module_state.hpp"
#include "analysis/torchscript/rounding_dispatch.hpp"
#include "analysis/torchscript/script_loss.hpp"
#include "analysis/torchscript/summed_terms.hpp"
#include "analysis/torchscript/tensor_phrase.hpp"
#include "analysis/torchscript/working_type.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <set>
#include <unordered_set>

#include <ATen/TensorOperators.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

namespace relu0 {

namespace {

/// Parameters that require a gradient, each once: tied weights are one tensor under several names.
std::vector<NamedTensor> trainable(std::vector<NamedTensor> parameters) {
  std::unordered_set<const void*> seen;
  std::erase_if(parameters, [&seen](const NamedTensor& parameter) {
    return !parameter.tensor.requires_grad() || !seen.insert(parameter.tensor.unsafeGetTensorImpl()).second;
  });
  return parameters;
}

[[noreturn]] void throw_nothing_to_train(const RunnableModel& model) {
  const auto& parameters = model.info().parameters;
  const std::string where = model.path().string();
  if (parameters.empty()) {
    throw InputError(fmt::format(
        "{}: the model has no parameters (torch.jit.freeze() turns them into constants, and quantisation "
        "packs them): save it before that, or use --wrt inputs",
        where));
  }
  std::vector<std::string> names;
  for (const ModelTensor& parameter : parameters) {
    names.push_back(parameter.name);
  }
  throw InputError(
      fmt::format("{}: no parameter requires a gradient, all are frozen ({}): use --wrt inputs, or save the "
                  "model with requires_grad",
                  where, fmt::join(names, ", ")));
}

/// A message of TorchScript without the C++ stack: what went wrong, which it says last, then the lines of the
/// model that were running; those of its source where they are known, and not TorchScript's own too.
std::string trimmed(const std::string& message) {
  std::string text = message.substr(0, message.find("\nException raised from"));
  text.erase(text.find_last_not_of("\n ") + 1);
  const std::size_t last_line = text.rfind('\n');
  if (last_line == std::string::npos) {
    return text;
  }
  const std::string what = text.substr(last_line + 1);
  text.erase(last_line);
  const std::size_t source = text.find("Traceback of TorchScript, original code");
  return fmt::format("{}\n{}", what, source == std::string::npos ? text : text.substr(source));
}

/// The value with its floating-point tensors in the arithmetic.
c10::IValue in_arithmetic(const c10::IValue& value, const Arithmetic& arithmetic) {
  if (value.isTensor()) {
    const at::Tensor& tensor = value.toTensor();
    if (!tensor.defined() || !tensor.is_floating_point()) {
      return value;
    }
    at::Tensor result = tensor.detach().to(arithmetic.options().dtype().toScalarType(), false, /*copy=*/true);
    round_elements(arithmetic, result);
    return result;
  }
  if (value.isTensorList()) {
    c10::List<at::Tensor> list;
    for (const at::Tensor& tensor : value.toTensorVector()) {
      list.push_back(in_arithmetic(tensor, arithmetic).toTensor());
    }
    return list;
  }
  if (value.isTuple()) {
    std::vector<c10::IValue> elements;
    for (const c10::IValue& element : value.toTupleRef().elements()) {
      elements.push_back(in_arithmetic(element, arithmetic));
    }
    return c10::ivalue::Tuple::create(std::move(elements));
  }
  return value;
}

void check_not_empty(const ScriptBatch& batch) {
  for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
    if (batch.inputs[i].isTensor() && batch.inputs[i].toTensor().defined() &&
        batch.inputs[i].toTensor().numel() == 0) {
      throw InputError(fmt::format("input {} of the mini-batch is empty: its shape is {}", i,
                                   extents_phrase(batch.inputs[i].toTensor())));
    }
  }
}

/// Calls what runs the model's code; what LibTorch throws then becomes a ModelFailure that says when it was.
template <typename Run>
void name_the_model(const char* when, Run run) {
  try {
    run();
  } catch (const InputError&) {
    throw;
  } catch (const c10::Error& error) {
    throw ModelFailure(fmt::format("{}: {}", when, error.what_without_backtrace()));
  } catch (const std::logic_error&) {
    throw;
  } catch (const std::exception& error) {
    throw ModelFailure(fmt::format("{}: {}", when, trimmed(error.what())));
  }
}

/// A mini-batch as a pass takes it.
struct Prepared {
  std::vector<c10::IValue> inputs;
  std::vector<NamedTensor> leaves;
  at::Tensor target;
};

}  // namespace

struct ScriptRunner::State {
  State(const RunnableModel& model, const ScriptSettings& given)
      : name(model.path().stem().string()),
        settings(given),
        arithmetic(given.precision, Device::cpu),
        instance(model.prepare(type())),
        parameters(trainable(instance->parameters())) {}

  /// The type of the tensors that it runs on.
  [[nodiscard]] at::ScalarType type() const { return arithmetic.options().dtype().toScalarType(); }

  std::string name;  ///< of the model
  ScriptSettings settings;
  Arithmetic arithmetic;
  std::unique_ptr<RunnableInstance> instance;
  std::vector<NamedTensor> parameters;
  bool may_change_parameters = true;

  /// The mini-batch in the arithmetic, and what gradients are taken of. `copies`: inputs of its own, since
  /// something will write into them.
  [[nodiscard]] Prepared prepare(const ScriptBatch& batch, bool copies) const {
    check_not_empty(batch);
    const bool of_inputs = settings.gradient_of == GradientOf::inputs;
    Prepared prepared;
    std::vector<c10::IValue>& inputs = prepared.inputs;
    prepared.leaves = of_inputs ? std::vector<NamedTensor>{} : parameters;
    for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
      inputs.push_back(in_arithmetic(batch.inputs[i], arithmetic));
      if (copies && inputs.back().isTensor()) {
        inputs.back() = inputs.back().toTensor().clone();
      }
      if (of_inputs && inputs.back().isTensor() && inputs.back().toTensor().is_floating_point()) {
        prepared.leaves.push_back(
            {fmt::format("input {}", i), inputs.back().toTensor().set_requires_grad(true)});
      }
    }
    if (prepared.leaves.empty()) {
      throw InputError(
          "none of the inputs is a tensor of real numbers, so there is no gradient with respect to inputs");
    }
    instance->check_inputs(inputs);
    prepared.target = batch.target;
    if (prepared.target.defined() && prepared.target.is_floating_point()) {
      prepared.target = in_arithmetic(prepared.target, arithmetic).toTensor();
    }
    return prepared;
  }

  [[nodiscard]] at::Tensor loss(const Prepared& prepared) const {
    const c10::IValue returned = instance->forward(prepared.inputs);
    return loss_of(output_tensor(returned, settings), prepared.target, settings.loss);
  }
};

ScriptRunner::ScriptRunner(const RunnableModel& model, ScriptSettings settings)
    : state_(std::make_unique<State>(model, settings)) {
  if (settings.executor == ScriptExecutor::optimising && !model.info().has_optimising_executor) {
    throw std::logic_error("an optimising executor for a model that has none");
  }
  for (const at::Tensor& tensor : state_->instance->tensors()) {
    round_elements(state_->arithmetic, tensor);
  }
  state_->instance->keep_state();
  if (settings.gradient_of == GradientOf::parameters) {
    if (state_->parameters.empty()) {
      throw_nothing_to_train(model);
    }
    for (std::size_t i = 0; settings.gradient_hook && i < state_->parameters.size(); ++i) {
      state_->parameters[i].tensor.register_hook(
          [this, i](const at::Tensor& gradient) { return state_->settings.gradient_hook(i, gradient); });
    }
  } else {
    for (const NamedTensor& parameter : state_->parameters) {
      parameter.tensor.set_requires_grad(false);
    }
  }
}

ScriptRunner::~ScriptRunner() = default;

namespace {

/// The pass that ScriptRunner::forward() gives.
class KeptPass final : public ScriptPass {
 public:
  KeptPass(ScriptRunner::State& state, const ScriptBatch& batch, const std::optional<ScriptProbe>& probe,
           KeepBranches branches)
      : state_(state),
        probed_(probe.has_value()),
        prepared_(state.prepare(batch, /*copies=*/probed_)),
        restored_{*state.instance},
        // A model that changes its parameters is found out in its first pass.
        parameters_(probed_ || state.may_change_parameters
                        ? std::make_unique<ParametersKept>(state.instance->parameters())
                        : nullptr),
        random_(state.settings.seed),
        plain_(state.settings.executor == ScriptExecutor::plain),
        recorder_(probe, state.settings.precision, branches == KeepBranches::yes) {
    const torch::jit::GraphOptimizerEnabledGuard executor(!plain_);
    const DefaultRealType default_type(state.type());
    const RoundingDispatch rounding(state.arithmetic);
    name_the_model("the model fails while it runs", [&] {
      const auto kinks = plain_ ? std::make_unique<KinkDispatch>(recorder_) : nullptr;
      loss_ = state.loss(prepared_);
    });
    if (!loss_.requires_grad()) {
      throw InputError(
          "no gradient reaches the loss: the model was traced under torch.no_grad(), detaches its result, or "
          "is made of constants");
    }
    if (plain_) {
      recorder_.follow(loss_);
    }
  }

  [[nodiscard]] std::vector<SiteCensus> sites() const override {
    std::vector<SiteCensus> result;
    for (const auto& site : recorder_.sites()) {
      result.push_back(site->census);
    }
    return result;
  }

  [[nodiscard]] bool used_random_numbers() const override { return random_.used(); }
  [[nodiscard]] Branches branches() const override { return recorder_.branches(); }
  [[nodiscard]] std::vector<BranchDifference> differences(const Branches& others) const override {
    const c10::AutoGradMode no_gradients(false);
    return recorder_.differences(others);
  }

  ScriptResult backward(const ScriptChoices& choices, GraphAfter graph) override {
    run_backward(choices, nullptr, graph);
    return result();
  }
  ScriptResult backward_along(const Branches& others, GraphAfter graph) override {
    run_backward({}, &others, graph);
    return result();
  }
  NamedGradients summed_terms(const std::vector<std::size_t>& tensors, const ScriptChoices& choices,
                              const Branches* others, GraphAfter graph) override {
    std::set<std::int64_t> elements;
    for (const std::size_t tensor : tensors) {
      elements.insert(prepared_.leaves.at(tensor).tensor.numel());
    }
    SummedTerms terms(std::move(elements));
    observe_operators(terms, [&] { run_backward(choices, others, graph); });
    NamedGradients result;
    for (const std::size_t tensor : tensors) {
      const NamedTensor& leaf = prepared_.leaves[tensor];
      result.push_back({leaf.name, terms.of(leaf.tensor.grad())});
    }
    for (const NamedTensor& leaf : prepared_.leaves) {
      leaf.tensor.mutable_grad().reset();
    }
    return result;
  }

 private:
  /// Leaves the gradients in their leaves.
  void run_backward(const ScriptChoices& choices, const Branches* branches, GraphAfter graph) {
    if (released_) {
      throw std::logic_error("a backward pass from a graph that was released");
    }
    released_ = graph == GraphAfter::released;
    require_usable(choices);
    recorder_.begin_backward(choices, branches);
    // Into the leaves' own places: where gradients are asked for by name (autograd::grad), LibTorch's nodes
    // that the toolkit calls itself (KinkDispatch) would find that theirs are not among them, and compute
    // none.
    for (const NamedTensor& leaf : prepared_.leaves) {
      leaf.tensor.mutable_grad().reset();
    }
    {
      const torch::jit::GraphOptimizerEnabledGuard executor(!plain_);
      const DefaultRealType default_type(state_.type());
      const RoundingDispatch rounding(state_.arithmetic);
      name_the_model("the model's backward pass fails",
                     [&] { torch::autograd::backward({loss_}, {}, /*retain_graph=*/!released_); });
    }
    if (plain_) {
      recorder_.require_all_met();
    }
  }

  /// Puts back what the pass changed in the model.
  struct StateRestored {
    explicit StateRestored(RunnableInstance& of) : instance(of) { instance.restore_state(); }
    ~StateRestored() { instance.restore_state(); }
    StateRestored(const StateRestored&) = delete;
    StateRestored& operator=(const StateRestored&) = delete;
    StateRestored(StateRestored&&) = delete;
    StateRestored& operator=(StateRestored&&) = delete;
    RunnableInstance& instance;
  };

  [[nodiscard]] ScriptResult result() {
    ScriptResult result;
    result.loss = loss_.item<double>();
    for (const NamedTensor& leaf : prepared_.leaves) {
      result.gradients.push_back({leaf.name, leaf.tensor.grad()});
      leaf.tensor.mutable_grad().reset();
    }
    result.sites = sites();
    result.uncontrolled = recorder_.uncontrolled();
    result.steps = recorder_.steps();
    result.shortened = recorder_.shortened();
    result.changed_state = state_.instance->changed_state();
    if (parameters_ && !probed_) {
      const std::vector<std::string> changed = parameters_->changed();
      state_.may_change_parameters = !changed.empty();
      result.changed_state.insert(result.changed_state.end(), changed.begin(), changed.end());
    }
    result.used_random_numbers = random_.used();
    return result;
  }

  ScriptRunner::State& state_;
  bool probed_;
  Prepared prepared_;
  StateRestored restored_;
  std::unique_ptr<ParametersKept> parameters_;
  RandomState random_;
  bool plain_;
  KinkRecorder recorder_;
  at::Tensor loss_;
  bool released_ = false;
};

}  // namespace

ScriptPass::~ScriptPass() = default;

std::unique_ptr<ScriptPass> ScriptRunner::forward(const ScriptBatch& batch,
                                                  const std::optional<ScriptProbe>& probe,
                                                  KeepBranches branches) {
  return std::make_unique<KeptPass>(*state_, batch, probe, branches);
}

ScriptResult ScriptRunner::run(const ScriptBatch& batch, const ScriptChoices& choices) {
  return forward(batch, choices.probe)->backward(choices, GraphAfter::released);
}

ImportedPass ScriptRunner::import_network(const ScriptBatch& batch) {
  State& state = *state_;
  const Prepared prepared = state.prepare(batch, /*copies=*/false);
  state.instance->restore_state();
  const RandomState random(state.settings.seed);
  const torch::jit::GraphOptimizerEnabledGuard plain(false);
  const DefaultRealType default_type(state.type());
  const RoundingDispatch rounding(state.arithmetic);
  ImportedPass result;
  name_the_model("the model fails while it runs", [&] {
    result = import_pass(*state.instance, prepared.inputs, state.name, [&] { return state.loss(prepared); });
  });
  if (random.used()) {
    result.model.reset();
    result.gaps.push_back(
        {{"forward", "", ""}, "the model draws random numbers, which the reference cannot draw again"});
  }
  state.instance->restore_state();
  return result;
}

}  // namespace relu0
