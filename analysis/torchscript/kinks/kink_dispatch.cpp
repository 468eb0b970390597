#include "analysis/torchscript/kinks/kink_dispatch.hpp"

#include "analysis/torch/arithmetic.hpp"
#include "analysis/torchscript/kinks/branches.hpp"
#include "analysis/torchscript/kinks/detached_call.hpp"
#include "analysis/torchscript/kinks/kink_meeting.hpp"
#include "analysis/torchscript/kinks/located_kinks.hpp"
#include "analysis/torchscript/random_draws.hpp"

#include <algorithm>
#include <numbers>
#include <optional>
#include <stdexcept>
#include <unordered_set>

#include <ATen/ExpandUtils.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/zeros_like.h>
#include <ATen/record_function.h>
#include <c10/core/GradMode.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/functions/accumulate_grad.h>
#include <torch/csrc/autograd/functions/tensor.h>
#include <torch/library.h>

namespace relu0 {

namespace {

using AutogradNode = torch::autograd::Node;
using torch::autograd::variable_list;
using Stack = torch::jit::Stack;

constexpr c10::DispatchKey kink_key = c10::DispatchKey::TESTING_ONLY_GenericMode;
const c10::DispatchKeySet below_kink_key(c10::DispatchKeySet::FULL_AFTER, kink_key);

thread_local KinkRecorder* current_recorder = nullptr;

bool below_autograd() {
  return c10::impl::tls_local_dispatch_key_set().excluded_.has(c10::DispatchKey::AutogradFunctionality);
}

/// While the toolkit looks at tensors itself: its own operators are no part of the graph, and no observer of
/// the pass sees them (operation_count.hpp).
struct OwnOperators {
  c10::AutoGradMode no_gradients{false};
  at::DisableRecordFunctionGuard unseen{};
};

/// A call that passed through the toolkit, as far as its backward pass is concerned.
struct SeenCall {
  std::vector<KinkMeeting> meetings;
  std::shared_ptr<const BranchOfCall> branch;  ///< null where branches are not kept
  std::size_t arguments = 0;

  /// Takes down the gradient of the first result, and puts the choices and the branch of the backward pass
  /// into LibTorch's own gradients of the arguments.
  void steer(const at::Tensor& gradient, std::vector<at::Tensor>& gradients) const {
    for (const KinkMeeting& meeting : meetings) {
      meeting.record->meet(gradient);
    }
    apply_choices(meetings, gradient, gradients);
    if (branch) {
      branch->take(gradient, gradients);
    }
  }
};

/// Called with what a node of LibTorch computed.
class SteeringHook final : public torch::autograd::FunctionPostHook {
 public:
  SteeringHook(SeenCall call, std::size_t output, EdgeArguments edges)
      : call_(std::move(call)), output_(output), edges_(std::move(edges)) {}

  variable_list operator()(const variable_list& of_edges, const variable_list& gradients) override {
    variable_list of_arguments(call_.arguments);
    for (std::size_t i = 0; i < of_edges.size(); ++i) {
      if (edges_[i] != no_argument) {
        of_arguments[edges_[i]] = of_edges[i];
      }
    }
    {
      const OwnOperators own;
      call_.steer(gradients.at(output_), of_arguments);
    }
    variable_list result = of_edges;
    for (std::size_t i = 0; i < result.size(); ++i) {
      if (edges_[i] != no_argument) {
        result[i] = of_arguments[edges_[i]];
      }
    }
    return result;
  }

 private:
  SeenCall call_;
  std::size_t output_;
  EdgeArguments edges_;
};

/// A call that changes a view in place. LibTorch hides its node for it, so the toolkit's own stands there and
/// asks a call beside the graph.
struct ViewCall : torch::CustomClassHolder {
  ViewCall(SeenCall seen_call, DetachedCall detached_call)
      : seen(std::move(seen_call)), detached(std::move(detached_call)) {}

  SeenCall seen;
  DetachedCall detached;
  std::vector<std::size_t> tensor_arguments{};  ///< indices of those that are tensors
};

struct ViewFunction : torch::autograd::Function<ViewFunction> {
  static variable_list forward(torch::autograd::AutogradContext* context, at::TensorList tensors,
                               const c10::intrusive_ptr<ViewCall>& call) {
    context->saved_data["call"] = c10::IValue::make_capsule(call);
    context->set_materialize_grads(false);
    const at::Tensor& x = tensors[0];
    {
      const at::AutoDispatchBelowADInplaceOrView below;
      x.copy_(call->detached.result().detach());
    }
    context->mark_dirty({x});
    return {x};
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list gradients) {
    const auto capsule = context->saved_data.at("call").toCapsule();
    const ViewCall& call = *static_cast<ViewCall*>(capsule.get());
    const at::Tensor gradient = gradients.front();
    variable_list of_arguments(call.seen.arguments);
    if (gradient.defined()) {
      of_arguments = call.detached.gradients(gradient);
    }
    {
      const OwnOperators own;
      call.seen.steer(gradient, of_arguments);
    }
    variable_list result;
    for (const std::size_t argument : call.tensor_arguments) {
      result.push_back(of_arguments[argument]);
    }
    result.emplace_back();  // for the call itself
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

/// Has the node stand for the sites of the meetings.
void let_stand_for(const std::vector<KinkMeeting>& meetings, const std::shared_ptr<AutogradNode>& node) {
  for (const KinkMeeting& meeting : meetings) {
    meeting.record->node = node;
  }
}

void run_kinked(const c10::OperatorHandle& op, c10::DispatchKeySet keys, Stack& stack,
                const KinkedOperator& kinked, KinkRecorder& recorder) {
  const c10::impl::ExcludeDispatchKeyGuard once(kink_key);
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
  const KinkedCall call{kinked, op, op.operator_name().name, arguments, needs_gradient};
  std::vector<KinkMeeting> meetings;
  {
    const OwnOperators own;
    meetings = meetings_before(call, recorder);
    std::vector<KinkMeeting> later = meetings_of_result(call, recorder);
    meetings.insert(meetings.end(), later.begin(), later.end());
  }
  SeenCall seen{.meetings = meetings, .branch = nullptr, .arguments = count};
  std::shared_ptr<BranchOfCall> branch;
  if (needs_gradient && !meetings.empty() && recorder.keeps_branches()) {
    const OwnOperators own;
    std::vector<double> points;
    if (kinked.family == KinkFamily::points) {
      for (const KinkMeeting& meeting : meetings) {
        points.push_back(meeting.record->census.site.point.value());
      }
    }
    const KinkSite& first_kink = meetings.front().record->census.site;
    branch = std::make_shared<BranchOfCall>(op, kinked.family, values, std::move(points), first_kink.place);
    recorder.add(branch, first_kink.id());
    seen.branch = branch;
  }
  // Only meetings_before() are known of an operator that works on a view in place: pools and reductions do
  // not.
  if (needs_gradient && op.schema().is_mutable() && tensors.front().is_view()) {
    std::vector<c10::IValue> given(values.begin(), values.end());
    const at::Tensor x = tensors.front().detach().clone();
    given.front() = x.set_requires_grad(tensors.front().requires_grad());
    auto view = c10::make_intrusive<ViewCall>(std::move(seen), DetachedCall(op, std::move(given)));
    view->tensor_arguments = tensor_arguments;
    const variable_list results = ViewFunction::apply(at::TensorList(tensors), view);
    torch::jit::drop(stack, count);
    torch::jit::push(stack, results.front());
    let_stand_for(meetings, node_of_view(results.front()));
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
  op.redispatchBoxed(keys & below_kink_key, &stack);
  const at::Tensor result = stack[first].toTensor();
  if (!kept.empty()) {
    const OwnOperators own;
    const KinkedCall again{kinked, op, call.name, OperatorArguments(op.schema(), kept), needs_gradient};
    for (KinkMeeting& meeting : seen.meetings) {
      count_in_result(again, result, recorder, meeting);
    }
  }
  const bool gives_indices = op.schema().returns().size() == 2;
  for (const KinkMeeting& meeting : seen.meetings) {
    if (gives_indices && needs_gradient && meeting.record->census.hits > 0) {
      recorder.watch_indices(stack[first + 1].toTensor(), meeting.record);
    }
  }
  if (branch && kinked.family == KinkFamily::pool) {
    branch->set_winners(stack[first + 1].toTensor());
  }
  if (const auto& node = result.grad_fn(); node && needs_gradient && !meetings.empty()) {
    let_stand_for(meetings, node);
    node->add_post_hook(std::make_unique<SteeringHook>(std::move(seen), result.output_nr(),
                                                       arguments_of_edges(*node, edges)));
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

/// Real or complex: what can carry a gradient.
bool is_real(const c10::IValue& value) {
  return value.isTensor() && value.toTensor().defined() &&
         (value.toTensor().is_floating_point() || value.toTensor().is_complex());
}

/// Whether what an operator gave holds truth values, integers or numbers of Python only. Operators that give
/// nothing do not count.
bool are_no_reals(std::span<const c10::IValue> results) {
  return !results.empty() && std::all_of(results.begin(), results.end(), [](const c10::IValue& value) {
    return value.isTensor() ? value.toTensor().defined() && !is_real(value) : value.isScalar();
  });
}

/// The type of the first tensor of real numbers.
std::optional<at::ScalarType> real_type(std::span<const c10::IValue> values) {
  const auto found = std::find_if(values.begin(), values.end(), [](const c10::IValue& value) {
    return value.isTensor() && value.toTensor().defined() && value.toTensor().is_floating_point();
  });
  return found == values.end() ? std::nullopt : std::optional(found->toTensor().scalar_type());
}

/// The model's parameters and inputs that tensors depend on.
variable_list leaves_of(std::span<const at::Tensor> tensors) {
  variable_list leaves;
  std::unordered_set<const AutogradNode*> seen;
  std::vector<std::shared_ptr<AutogradNode>> left;
  for (const at::Tensor& tensor : tensors) {
    left.push_back(torch::autograd::impl::gradient_edge(tensor).function);
  }
  while (!left.empty()) {
    const std::shared_ptr<AutogradNode> node = std::move(left.back());
    left.pop_back();
    if (!node || !seen.insert(node.get()).second) {
      continue;
    }
    if (const auto* accumulate = dynamic_cast<const torch::autograd::AccumulateGrad*>(node.get())) {
      leaves.push_back(accumulate->variable);
    }
    for (const auto& edge : node->next_edges()) {
      left.push_back(edge.function);
    }
  }
  return leaves;
}

/// Whether two operands that are equal somewhere could part there, were the model's parameters or inputs
/// moved: not where both are the same number of the model (x != x, an element against the maximum that it
/// is), or lie behind a flat piece. LibTorch is asked for the derivative of the sum of their differences,
/// each with a weight of its own: it is exactly 0 then, since what one operand adds the other one takes away.
/// True where LibTorch cannot say.
bool may_part(const at::Tensor& x, const c10::IValue& other, const at::Tensor& equal) {
  const at::Tensor numbers =
      at::arange(equal.numel(), at::TensorOptions().dtype(at::kDouble)).mul_(std::numbers::phi);
  const at::Tensor weight =
      (numbers - numbers.floor() + 1).view(equal.sizes()).masked_fill(equal.logical_not(), 0);
  variable_list operands;
  variable_list weights;
  const auto add = [&](const at::Tensor& operand, const at::Tensor& given) {
    if (operand.requires_grad()) {
      operands.push_back(operand);
      weights.push_back(at::sum_to(given, operand.sizes()).to(operand.scalar_type()));
    }
  };
  add(x, weight);
  if (other.isTensor()) {
    add(other.toTensor(), weight.neg());
  }
  if (operands.empty()) {
    return true;
  }
  try {
    const variable_list gradients =
        torch::autograd::grad(operands, leaves_of(operands), weights, /*retain_graph=*/true,
                              /*create_graph=*/false, /*allow_unused=*/true);
    return std::any_of(gradients.begin(), gradients.end(), [](const at::Tensor& gradient) {
      return gradient.defined() && gradient.ne(0).any().item<bool>();
    });
  } catch (const std::exception&) {
    return true;  // something before them has no derivative
  }
}

/// Runs an operator whose kinks the toolkit has no choice for, and counts what it meets where that is known.
void run_uncontrolled(const c10::OperatorHandle& op, c10::DispatchKeySet keys, Stack& stack,
                      OperatorKind kind, KinkRecorder& recorder) {
  const std::size_t count = op.schema().arguments().size();
  const std::string name = functional_name(op.operator_name().name);
  std::vector<c10::IValue> before(stack.end() - static_cast<std::ptrdiff_t>(count), stack.end());
  if (op.schema().is_mutable() && before.front().isTensor() && has_located_kinks(name)) {
    const OwnOperators own;
    const c10::impl::ExcludeDispatchKeyGuard once(kink_key);
    before.front() = before.front().toTensor().detach().clone();
  }
  op.redispatchBoxed(keys & below_kink_key, &stack);
  const OwnOperators own;
  const c10::impl::ExcludeDispatchKeyGuard once(kink_key);
  const auto results = torch::jit::last(stack, op.schema().returns().size());
  std::optional<LocatedHits> met = located_hits(name, OperatorArguments(op.schema(), before), results.vec());
  if (met && met->kind == LocatedKind::comparison && met->hits() > 0 &&
      !may_part(before[0].toTensor(), before[1], met->mask)) {
    met->mask = at::zeros_like(met->mask);
  }
  recorder.add_uncontrolled(
      op.operator_name().name, kind == OperatorKind::kinked, met,
      !results.empty() && results.front().isTensor() ? results.front().toTensor() : at::Tensor());
}

void see_operator(const c10::OperatorHandle& op, c10::DispatchKeySet keys, Stack* stack) {
  KinkRecorder* recorder = current_recorder;
  if (recorder == nullptr) {
    op.redispatchBoxed(keys & below_kink_key, stack);
    return;
  }
  const c10::OperatorName& name = op.operator_name();
  const std::string functional = functional_name(name.name);
  if (draws_random_numbers(functional) && draws_binary64(op, *stack)) {
    const c10::impl::ExcludeDispatchKeyGuard once(kink_key);
    draw_binary32(op, keys & below_kink_key, *stack);
    return;
  }
  if (below_autograd()) {
    op.redispatchBoxed(keys & below_kink_key, stack);
    return;
  }
  const std::string overload = name.overload_name.empty() ? "" : "." + name.overload_name;
  const std::size_t count = op.schema().arguments().size();
  const std::span<c10::IValue> arguments = std::span(*stack).last(count);
  if (const KinkedOperator* kinked = kinked_operator(functional + overload)) {
    if (arguments.front().isTensor() && arguments.front().toTensor().is_floating_point()) {
      run_kinked(op, keys, *stack, *kinked, *recorder);
      return;
    }
  }
  if (decomposes(op)) {
    op.redispatchBoxed(keys & below_kink_key, stack);
    return;
  }
  const std::vector<std::size_t> watched = recorder->watched_among(arguments);
  const OperatorKind kind = c10::GradMode::is_enabled()
                                ? kind_of_call(functional, OperatorArguments(op.schema(), arguments))
                                : OperatorKind::smooth;
  if (kind != OperatorKind::smooth && std::any_of(arguments.begin(), arguments.end(), carries_gradient)) {
    run_uncontrolled(op, keys, *stack, kind, *recorder);
    recorder->use_indices(watched, {});
    return;
  }
  // A comparison of what carries a gradient is an uncontrolled kink, and said once; of data, or of what the
  // model detached, it is a step.
  const bool reads_reals = std::any_of(arguments.begin(), arguments.end(), is_real);
  const std::optional<at::ScalarType> type = real_type(arguments);
  op.redispatchBoxed(keys & below_kink_key, stack);
  const auto results = torch::jit::last(*stack, op.schema().returns().size());
  if (!watched.empty()) {
    recorder->use_indices(watched, std::span(results.data(), results.size()));
  }
  if (reads_reals && are_no_reals(std::span(results.data(), results.size()))) {
    recorder->add_step(name.name);
  }
  const std::optional<at::ScalarType> to = real_type(std::span(results.data(), results.size()));
  if (type && to && c10::elementSize(*to) < c10::elementSize(*type)) {
    recorder->add_shortened(name.name, *to);
  }
}

/// Registers the kernel for the rest of the process, in which it acts only where the key is switched on.
void register_kink_kernel() {
  static const torch::Library library = [] {
    torch::Library made(torch::Library::IMPL, "_", kink_key, __FILE__, __LINE__);
    made.fallback(torch::CppFunction::makeFromBoxedFunction<&see_operator>());
    return made;
  }();
}

}  // namespace

struct KinkDispatch::Guard {
  explicit Guard(KinkRecorder& recorder) : include(kink_key), outer(current_recorder) {
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
  register_kink_kernel();
  guard_ = std::make_unique<Guard>(recorder);
}
KinkDispatch::~KinkDispatch() = default;

}  // namespace relu0
