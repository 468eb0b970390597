#include "analysis/torchscript/kinks/kink_dispatch.hpp"

#include "analysis/torch/arithmetic.hpp"
#include "analysis/torchscript/kinks/kink_meeting.hpp"

#include <algorithm>
#include <stdexcept>

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/GradMode.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/functions/tensor.h>
#include <torch/library.h>

namespace relu0 {

namespace {

using AutogradNode = torch::autograd::Node;
using torch::autograd::variable_list;
using Stack = torch::jit::Stack;

constexpr c10::DispatchKey key = c10::DispatchKey::TESTING_ONLY_GenericMode;
const c10::DispatchKeySet below_key(c10::DispatchKeySet::FULL_AFTER, key);

thread_local KinkRecorder* current_recorder = nullptr;

bool below_autograd() {
  return c10::impl::tls_local_dispatch_key_set().excluded_.has(c10::DispatchKey::AutogradFunctionality);
}

/// Shows the gradient that reaches a node of LibTorch to the sites that stand for it.
class MeetingHook final : public torch::autograd::FunctionPreHook {
 public:
  MeetingHook(std::vector<std::shared_ptr<SiteRecord>> records, std::size_t output)
      : records_(std::move(records)), output_(output) {}
  variable_list operator()(const variable_list& gradients) override {
    for (const auto& record : records_) {
      record->meet(gradients.at(output_));
    }
    return gradients;
  }

 private:
  std::vector<std::shared_ptr<SiteRecord>> records_;
  std::size_t output_;
};

/// A call whose backward pass is the toolkit's.
struct ChosenCall : torch::CustomClassHolder {
  ChosenCall(KinkedCall kinked_call, const c10::OperatorHandle& called)
      : kinked(std::move(kinked_call)), op(called), in_place(called.schema().is_mutable()) {}

  /// Used in the forward pass only.
  KinkedCall kinked;
  c10::OperatorHandle op;
  bool in_place;
  std::vector<std::size_t> tensor_arguments{};  ///< indices of those that are tensors

  std::vector<KinkMeeting> meetings{};
  std::shared_ptr<AutogradNode> native{};     ///< LibTorch's node for the call
  std::vector<std::size_t> edge_arguments{};  ///< the argument to which each of its edges leads, or none
  std::size_t arguments = 0;
};

constexpr std::size_t no_argument = static_cast<std::size_t>(-1);

/// The operator that computes out of place what `op` computes in place.
c10::OperatorHandle functional(const c10::OperatorHandle& op) {
  c10::OperatorName name = op.operator_name();
  name.name = functional_name(name.name);
  const auto found = c10::Dispatcher::singleton().findSchema(name);
  if (!found) {
    throw std::logic_error("no operator " + name.name);
  }
  return *found;
}

/// To which argument each edge of LibTorch's node leads: `leaves` are the detached arguments that need a
/// gradient.
std::vector<std::size_t> arguments_of_edges(const AutogradNode& node, const variable_list& leaves) {
  std::vector<std::size_t> result;
  for (const auto& edge : node.next_edges()) {
    const auto found = std::find_if(leaves.begin(), leaves.end(), [&](const at::Tensor& leaf) {
      return leaf.defined() && leaf.requires_grad() && edge.function &&
             torch::autograd::impl::grad_accumulator(leaf) == edge.function;
    });
    result.push_back(found == leaves.end() ? no_argument : static_cast<std::size_t>(found - leaves.begin()));
  }
  return result;
}

struct ChosenFunction : torch::autograd::Function<ChosenFunction> {
  static variable_list forward(torch::autograd::AutogradContext* context, at::TensorList tensors,
                               c10::intrusive_ptr<ChosenCall> call) {
    const std::span<c10::IValue> given = call->kinked.arguments.values();
    Stack stack(given.begin(), given.end());
    variable_list leaves(stack.size());
    for (std::size_t i = 0; i < call->tensor_arguments.size(); ++i) {
      const std::size_t argument = call->tensor_arguments[i];
      at::Tensor leaf = tensors[i].detach();
      if (call->in_place && argument == 0) {
        leaf = leaf.clone();
      }
      leaf.set_requires_grad(tensors[i].requires_grad());
      stack[argument] = leaf;
      leaves[argument] = leaf;
    }
    {
      const c10::AutoGradMode with_gradients(true);
      (call->in_place ? functional(call->op) : call->op).callBoxed(&stack);
    }
    const at::Tensor result = stack.front().toTensor();
    call->native = result.grad_fn();
    call->edge_arguments = arguments_of_edges(*call->native, leaves);
    call->arguments = given.size();
    for (KinkMeeting& meeting : call->meetings) {
      if (!meeting.apply) {
        count_in_result(call->kinked, result, meeting);
      }
    }
    context->saved_data["call"] = c10::IValue::make_capsule(call);
    context->set_materialize_grads(false);
    if (call->in_place) {
      at::Tensor x = tensors[0];
      {
        const at::AutoDispatchBelowADInplaceOrView below;
        x.copy_(result.detach());
      }
      context->mark_dirty({x});
      return {x};
    }
    variable_list outputs{result.detach()};
    for (std::size_t i = 1; i < stack.size(); ++i) {
      outputs.push_back(stack[i].toTensor());
      context->mark_non_differentiable({outputs.back()});
    }
    return outputs;
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list gradients) {
    const auto capsule = context->saved_data.at("call").toCapsule();
    ChosenCall& call = *static_cast<ChosenCall*>(capsule.get());
    const at::Tensor gradient = gradients.front();
    for (const KinkMeeting& meeting : call.meetings) {
      meeting.record->meet(gradient);
    }
    variable_list result(call.tensor_arguments.size() + 1);
    if (!gradient.defined()) {
      return result;
    }
    variable_list given(call.native->num_inputs());
    given.front() = gradient;
    const variable_list native = (*call.native)(std::move(given));
    variable_list of_arguments(call.arguments);
    for (std::size_t i = 0; i < native.size(); ++i) {
      if (call.edge_arguments[i] != no_argument) {
        of_arguments[call.edge_arguments[i]] = native[i];
      }
    }
    for (const KinkMeeting& meeting : call.meetings) {
      if (meeting.record->census.hits > 0) {
        meeting.apply(gradient, of_arguments);
      }
    }
    for (std::size_t i = 0; i < call.tensor_arguments.size(); ++i) {
      result[i] = of_arguments[call.tensor_arguments[i]];
    }
    return result;
  }
};

/// The node of LibTorch's graph whose backward pass is that of the call that gave `result`.
std::shared_ptr<AutogradNode> node_of(const at::Tensor& result, bool in_place) {
  if (in_place && result.is_view()) {
    const auto base = result._base().grad_fn();
    const auto* slices = dynamic_cast<const torch::autograd::CopySlices*>(base.get());
    return slices != nullptr ? slices->fn : base;
  }
  return result.grad_fn();
}

void run_kinked(const c10::OperatorHandle& op, c10::DispatchKeySet keys, Stack& stack,
                const KinkedOperator& kinked, KinkRecorder& recorder) {
  const c10::impl::ExcludeDispatchKeyGuard once(key);
  const std::size_t count = op.schema().arguments().size();
  const std::size_t first = stack.size() - count;
  const std::span<c10::IValue> values(stack.data() + first, count);
  const OperatorArguments arguments(op.schema(), values);
  const Arithmetic arithmetic(recorder.precision(), Device::cpu);
  for (const std::string& end : kinked.ends) {
    if (const auto number = arguments.number(end); number && arithmetic.emulated()) {
      values[*arguments.index(end)] = arithmetic.rounded(*number);
    }
  }
  std::vector<std::size_t> tensor_arguments;
  variable_list tensors;
  bool needs_gradient = false;
  for (std::size_t i = 0; i < count; ++i) {
    if (values[i].isTensor() && values[i].toTensor().defined()) {
      tensor_arguments.push_back(i);
      tensors.push_back(values[i].toTensor());
      needs_gradient = needs_gradient || tensors.back().requires_grad();
    }
  }
  needs_gradient = needs_gradient && c10::GradMode::is_enabled();
  const KinkedCall call{kinked, op.operator_name().name, arguments, needs_gradient};
  std::vector<KinkMeeting> meetings;
  {
    const c10::AutoGradMode no_gradients(false);
    meetings = meetings_before(call, recorder);
    std::vector<KinkMeeting> later = meetings_of_result(call, recorder);
    meetings.insert(meetings.end(), later.begin(), later.end());
  }
  const bool in_place = op.schema().is_mutable();
  const bool is_chosen = std::any_of(meetings.begin(), meetings.end(), [](const KinkMeeting& meeting) {
    const SiteCensus& census = meeting.record->census;
    return !std::holds_alternative<NativeChoice>(census.choice) && (census.hits > 0 || !meeting.apply);
  });
  std::vector<std::shared_ptr<SiteRecord>> records;
  for (const KinkMeeting& meeting : meetings) {
    records.push_back(meeting.record);
  }
  // LibTorch hides its node for a view that is changed in place, so that one is asked by the toolkit's.
  if (needs_gradient && (is_chosen || (in_place && tensors.front().is_view()))) {
    auto chosen = c10::make_intrusive<ChosenCall>(call, op);
    chosen->tensor_arguments = tensor_arguments;
    chosen->meetings = meetings;
    const variable_list results = ChosenFunction::apply(at::TensorList(tensors), chosen);
    torch::jit::drop(stack, count);
    for (const at::Tensor& result : results) {
      torch::jit::push(stack, result);
    }
    const auto node = node_of(results.front(), in_place);
    for (const auto& record : records) {
      record->node = node;
    }
    return;
  }
  // The arguments are gone from the stack when the operator has run; kinks that show in the result need them.
  std::vector<c10::IValue> kept;
  if (std::any_of(meetings.begin(), meetings.end(),
                  [](const KinkMeeting& meeting) { return !meeting.apply; })) {
    kept.assign(values.begin(), values.end());
  }
  op.redispatchBoxed(keys & below_key, &stack);
  const at::Tensor result = stack[first].toTensor();
  if (!kept.empty()) {
    const c10::AutoGradMode no_gradients(false);
    const KinkedCall again{kinked, call.name, OperatorArguments(op.schema(), kept), needs_gradient};
    for (KinkMeeting& meeting : meetings) {
      count_in_result(again, result, meeting);
    }
  }
  if (const auto node = result.grad_fn(); node && needs_gradient && !records.empty()) {
    for (const auto& record : records) {
      record->node = node;
    }
    node->add_pre_hook(std::make_unique<MeetingHook>(records, result.output_nr()));
  }
}

bool carries_gradient(const c10::IValue& value) {
  if (value.isTensor()) {
    return value.toTensor().defined() && value.toTensor().requires_grad();
  }
  if (value.isTensorList()) {
    const auto list = value.toTensorVector();
    return std::any_of(list.begin(), list.end(),
                       [](const at::Tensor& tensor) { return tensor.requires_grad(); });
  }
  return false;
}

/// Operators that are made of others pass through here again in their parts.
bool decomposes(const c10::OperatorHandle& op) {
  return op.hasKernelForDispatchKey(c10::DispatchKey::CompositeImplicitAutograd);
}

bool is_real(const c10::IValue& value) {
  return value.isTensor() && value.toTensor().defined() && value.toTensor().is_floating_point();
}

bool reads_real_numbers(const c10::OperatorHandle& op, Stack& stack) {
  const auto arguments = torch::jit::last(stack, op.schema().arguments().size());
  return std::any_of(arguments.begin(), arguments.end(), is_real);
}

/// Whether what an operator gave holds truth values, integers or numbers of Python only. Operators that give
/// nothing do not count.
bool results_are_no_reals(const c10::OperatorHandle& op, Stack& stack) {
  const auto results = torch::jit::last(stack, op.schema().returns().size());
  return !results.empty() && std::all_of(results.begin(), results.end(), [](const c10::IValue& value) {
    return value.isTensor() ? value.toTensor().defined() && !value.toTensor().is_floating_point()
                            : value.isScalar();
  });
}

void see_operator(const c10::OperatorHandle& op, c10::DispatchKeySet keys, Stack* stack) {
  KinkRecorder* recorder = current_recorder;
  if (recorder == nullptr || below_autograd()) {
    op.redispatchBoxed(keys & below_key, stack);
    return;
  }
  const c10::OperatorName& name = op.operator_name();
  const std::string overload = name.overload_name.empty() ? "" : "." + name.overload_name;
  if (const KinkedOperator* kinked = kinked_operator(functional_name(name.name) + overload)) {
    const std::size_t count = op.schema().arguments().size();
    const c10::IValue& x = (*stack)[stack->size() - count];
    if (x.isTensor() && x.toTensor().is_floating_point()) {
      run_kinked(op, keys, *stack, *kinked, *recorder);
      return;
    }
  }
  if (!decomposes(op) && c10::GradMode::is_enabled()) {
    const OperatorKind kind = kind_of_operator(functional_name(name.name));
    const auto arguments = torch::jit::last(*stack, op.schema().arguments().size());
    if (kind != OperatorKind::smooth && std::any_of(arguments.begin(), arguments.end(), carries_gradient)) {
      recorder->add_uncontrolled(name.name, kind == OperatorKind::kinked);
    }
  }
  const bool reads_reals = !decomposes(op) && reads_real_numbers(op, *stack);
  op.redispatchBoxed(keys & below_key, stack);
  if (reads_reals && results_are_no_reals(op, *stack)) {
    recorder->add_step(name.name);
  }
}

/// Registers the kernel for the rest of the process, in which it acts only where the key is switched on.
void register_once() {
  static const torch::Library library = [] {
    torch::Library made(torch::Library::IMPL, "_", key, __FILE__, __LINE__);
    made.fallback(torch::CppFunction::makeFromBoxedFunction<&see_operator>());
    return made;
  }();
}

}  // namespace

struct KinkDispatch::Guard {
  explicit Guard(KinkRecorder& recorder) : include(key), outer(current_recorder) {
    current_recorder = &recorder;
  }
  ~Guard() { current_recorder = outer; }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  Guard(Guard&&) = delete;
  Guard& operator=(Guard&&) = delete;

  c10::impl::IncludeDispatchKeyGuard include;
  KinkRecorder* outer;
};

KinkDispatch::KinkDispatch(KinkRecorder& recorder) {
  register_once();
  guard_ = std::make_unique<Guard>(recorder);
}
KinkDispatch::~KinkDispatch() = default;

}  // namespace relu0
