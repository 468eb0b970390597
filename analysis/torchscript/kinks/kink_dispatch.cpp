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

constexpr std::size_t no_argument = static_cast<std::size_t>(-1);

/// The argument to which each edge of a node leads, or none.
using EdgeArguments = std::vector<std::size_t>;

/// What LibTorch's node of an operator gave, with the choices of the backward pass put into it.
variable_list with_choices(const std::vector<KinkMeeting>& meetings, const at::Tensor& gradient,
                           variable_list of_edges, const EdgeArguments& arguments, std::size_t count) {
  for (const KinkMeeting& meeting : meetings) {
    meeting.record->meet(gradient);
  }
  variable_list of_arguments(count);
  for (std::size_t i = 0; i < of_edges.size(); ++i) {
    if (arguments[i] != no_argument) {
      of_arguments[arguments[i]] = of_edges[i];
    }
  }
  apply_choices(meetings, gradient, of_arguments);
  for (std::size_t i = 0; i < of_edges.size(); ++i) {
    if (arguments[i] != no_argument) {
      of_edges[i] = of_arguments[arguments[i]];
    }
  }
  return of_edges;
}

/// Called with what a node of LibTorch computed.
class ChoiceHook final : public torch::autograd::FunctionPostHook {
 public:
  ChoiceHook(std::vector<KinkMeeting> meetings, std::size_t output, EdgeArguments edges, std::size_t count)
      : meetings_(std::move(meetings)), output_(output), edges_(std::move(edges)), count_(count) {}
  variable_list operator()(const variable_list& of_edges, const variable_list& gradients) override {
    return with_choices(meetings_, gradients.at(output_), of_edges, edges_, count_);
  }

 private:
  std::vector<KinkMeeting> meetings_;
  std::size_t output_;
  EdgeArguments edges_;
  std::size_t count_;  ///< of the operator's arguments
};

/// A call that changes a view in place. LibTorch hides its node for it, so the toolkit's own stands there and
/// asks one of LibTorch's.
struct ViewCall : torch::CustomClassHolder {
  ViewCall(KinkedCall kinked_call, const c10::OperatorHandle& called)
      : kinked(std::move(kinked_call)), op(called) {}

  /// Used in the forward pass only.
  KinkedCall kinked;
  c10::OperatorHandle op;
  std::vector<std::size_t> tensor_arguments{};  ///< indices of those that are tensors

  std::vector<KinkMeeting> meetings{};
  std::shared_ptr<AutogradNode> native{};  ///< LibTorch's node for the call
  EdgeArguments edge_arguments{};          ///< of that node
  std::size_t arguments = 0;
};

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

/// Where the gradient of each argument goes; of those without one, nowhere. To be asked before the operator
/// runs: one that works in place gives its argument another edge.
std::vector<torch::autograd::Edge> gradient_edges(std::span<const c10::IValue> arguments) {
  std::vector<torch::autograd::Edge> edges;
  for (const c10::IValue& value : arguments) {
    const bool has_gradient =
        value.isTensor() && value.toTensor().defined() && value.toTensor().requires_grad();
    edges.push_back(has_gradient ? torch::autograd::impl::gradient_edge(value.toTensor())
                                 : torch::autograd::Edge());
  }
  return edges;
}

/// LibTorch's nodes have their edges in the order of the arguments, so that the same tensor given twice is
/// told apart.
EdgeArguments arguments_of_edges(const AutogradNode& node, std::span<const torch::autograd::Edge> given) {
  EdgeArguments result;
  std::size_t next = 0;
  for (const torch::autograd::Edge& edge : node.next_edges()) {
    std::size_t argument = edge.is_valid() ? next : given.size();
    while (argument < given.size() && !(given[argument] == edge)) {
      ++argument;
    }
    if (argument == given.size()) {
      result.push_back(no_argument);
    } else {
      result.push_back(argument);
      next = argument + 1;
    }
  }
  return result;
}

struct ViewFunction : torch::autograd::Function<ViewFunction> {
  static variable_list forward(torch::autograd::AutogradContext* context, at::TensorList tensors,
                               c10::intrusive_ptr<ViewCall> call) {
    const std::span<c10::IValue> given = call->kinked.arguments.values();
    Stack stack(given.begin(), given.end());
    for (std::size_t i = 0; i < call->tensor_arguments.size(); ++i) {
      const std::size_t argument = call->tensor_arguments[i];
      const at::Tensor leaf = argument == 0 ? tensors[i].detach().clone() : tensors[i].detach();
      leaf.set_requires_grad(tensors[i].requires_grad());
      stack[argument] = leaf;
    }
    const std::vector<torch::autograd::Edge> edges = gradient_edges(stack);
    {
      const c10::AutoGradMode with_gradients(true);
      functional(call->op).callBoxed(&stack);
    }
    const at::Tensor result = stack.front().toTensor();
    call->native = result.grad_fn();
    call->edge_arguments = arguments_of_edges(*call->native, edges);
    call->arguments = given.size();
    context->saved_data["call"] = c10::IValue::make_capsule(call);
    context->set_materialize_grads(false);
    at::Tensor x = tensors[0];
    {
      const at::AutoDispatchBelowADInplaceOrView below;
      x.copy_(result.detach());
    }
    context->mark_dirty({x});
    return {x};
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list gradients) {
    const auto capsule = context->saved_data.at("call").toCapsule();
    ViewCall& call = *static_cast<ViewCall*>(capsule.get());
    const at::Tensor gradient = gradients.front();
    variable_list of_edges(call.native->next_edges().size());
    if (gradient.defined()) {
      variable_list given(call.native->num_inputs());
      given.front() = gradient;
      of_edges = (*call.native)(std::move(given));
    }
    of_edges = with_choices(call.meetings, gradient, of_edges, call.edge_arguments, call.arguments);
    variable_list result(call.tensor_arguments.size() + 1);
    for (std::size_t i = 0; i < of_edges.size(); ++i) {
      const auto found =
          std::find(call.tensor_arguments.begin(), call.tensor_arguments.end(), call.edge_arguments[i]);
      if (found != call.tensor_arguments.end()) {
        result[static_cast<std::size_t>(found - call.tensor_arguments.begin())] = of_edges[i];
      }
    }
    return result;
  }
};

/// The node that stands for a call which changed a view in place.
std::shared_ptr<AutogradNode> node_of_view(const at::Tensor& result) {
  if (!result.is_view()) {
    return result.grad_fn();
  }
  const auto base = result._base().grad_fn();
  const auto* slices = dynamic_cast<const torch::autograd::CopySlices*>(base.get());
  return slices != nullptr ? slices->fn : base;
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
  std::vector<std::shared_ptr<SiteRecord>> records;
  for (const KinkMeeting& meeting : meetings) {
    records.push_back(meeting.record);
  }
  if (const bool in_place = op.schema().is_mutable();
      needs_gradient && in_place && tensors.front().is_view()) {
    auto view = c10::make_intrusive<ViewCall>(call, op);
    view->tensor_arguments = tensor_arguments;
    view->meetings = meetings;
    const variable_list results = ViewFunction::apply(at::TensorList(tensors), view);
    torch::jit::drop(stack, count);
    torch::jit::push(stack, results.front());
    const auto node = node_of_view(results.front());
    for (const auto& record : records) {
      record->node = node;
    }
    return;
  }
  const std::vector<torch::autograd::Edge> edges =
      needs_gradient ? gradient_edges(values) : std::vector<torch::autograd::Edge>();
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
      count_in_result(again, result, recorder, meeting);
    }
  }
  if (const auto node = result.grad_fn(); node && needs_gradient && !records.empty()) {
    for (const auto& record : records) {
      record->node = node;
    }
    node->add_post_hook(
        std::make_unique<ChoiceHook>(meetings, result.output_nr(), arguments_of_edges(*node, edges), count));
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
    torch::Library made(torch::Library::IMPL, "_", c10::make_optional(key), __FILE__, __LINE__);
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
