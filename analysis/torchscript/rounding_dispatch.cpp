#include "analysis/torchscript/rounding_dispatch.hpp"

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/sum.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/library.h>

namespace relu0 {

namespace {

/// The elements of a dense tensor in the order in which they lie, whatever its strides.
at::Tensor as_they_lie(const at::Tensor& tensor) {
  return tensor.as_strided({tensor.numel()}, {1}, tensor.storage_offset());
}

/// An operand of a product, rounded where the arithmetic rounds those, with the strides that it had: by them
/// a library chooses the kernel, and so the order of the sum.
at::Tensor rounded_operand(const Arithmetic& arithmetic, const at::Tensor& tensor) {
  if (!tensor.is_non_overlapping_and_dense()) {
    return arithmetic.operand(tensor);
  }
  return arithmetic.operand(as_they_lie(tensor)).as_strided(tensor.sizes(), tensor.strides());
}

}  // namespace

void round_elements(const Arithmetic& arithmetic, const at::Tensor& tensor) {
  const bool rounds = arithmetic.precision() == Precision::fp16 || arithmetic.precision() == Precision::bf16;
  if (!rounds || !tensor.defined() || tensor.scalar_type() != at::kFloat || tensor.layout() != at::kStrided ||
      tensor.numel() == 0) {
    return;
  }
  const at::AutoDispatchBelowADInplaceOrView no_gradient;
  at::Tensor dense = tensor.is_non_overlapping_and_dense() ? as_they_lie(tensor) : tensor.contiguous();
  arithmetic.round_result(dense);
  if (!tensor.is_non_overlapping_and_dense()) {
    tensor.copy_(dense);
  }
}

namespace {

using Stack = torch::jit::Stack;

constexpr c10::DispatchKey rounding_key = c10::DispatchKey::Fake;
const c10::DispatchKeySet below_rounding_key(c10::DispatchKeySet::FULL_AFTER, rounding_key);

thread_local const Arithmetic* current_arithmetic = nullptr;

/// The arguments of an operator that are operands of its products, by index.
const std::vector<std::size_t>* product_operands(const std::string& name) {
  static const std::map<std::string, std::vector<std::size_t>> operands{
      {"aten::mm", {0, 1}},
      {"aten::bmm", {0, 1}},
      {"aten::mv", {0, 1}},
      {"aten::dot", {0, 1}},
      {"aten::vdot", {0, 1}},
      {"aten::linear", {0, 1}},
      {"aten::addmm", {1, 2}},
      {"aten::addmm_", {1, 2}},
      {"aten::addmv", {1, 2}},
      {"aten::addmv_", {1, 2}},
      {"aten::addbmm", {1, 2}},
      {"aten::addbmm_", {1, 2}},
      {"aten::baddbmm", {1, 2}},
      {"aten::baddbmm_", {1, 2}},
      {"aten::convolution", {0, 1}},
      {"aten::_convolution", {0, 1}},
      {"aten::convolution_overrideable", {0, 1}},
      {"aten::convolution_backward", {0, 1, 2}},
      {"aten::convolution_backward_overrideable", {0, 1, 2}},
      {"aten::_trilinear", {0, 1, 2}},
  };
  const auto found = operands.find(name);
  return found != operands.end() ? &found->second : nullptr;
}

/// How many results of an operator are of its storage format: all, or the first only where the others are
/// statistics that stay binary32.
std::size_t rounded_results(const std::string& name, std::size_t results) {
  constexpr std::array<std::string_view, 6> with_statistics{"aten::native_batch_norm",
                                                            "aten::_native_batch_norm_legit",
                                                            "aten::_native_batch_norm_legit_no_training",
                                                            "aten::native_layer_norm",
                                                            "aten::native_group_norm",
                                                            "aten::nll_loss_forward"};
  for (const std::string_view other : with_statistics) {
    if (name == other) {
      return 1;
    }
  }
  return results;
}

void round_value(const Arithmetic& arithmetic, const c10::IValue& value) {
  if (value.isTensor()) {
    round_elements(arithmetic, value.toTensor());
  } else if (value.isTensorList()) {
    for (const at::Tensor& tensor : value.toTensorVector()) {
      round_elements(arithmetic, tensor);
    }
  }
}

/// A view of an argument: nothing was computed.
bool is_view(const c10::Argument& result) {
  return result.alias_info() != nullptr && !result.alias_info()->isWrite();
}

/// Convolution's backward pass sums the bias's gradient from what is not rounded: it is no product.
void convolution_backward_of_rounded(const c10::OperatorHandle& op, c10::DispatchKeySet keys, Stack& stack) {
  constexpr std::size_t mask_argument = 10;
  const std::size_t first = stack.size() - op.schema().arguments().size();
  const at::Tensor gradient = stack[first].toTensor();
  const std::vector<bool> mask = stack[first + mask_argument].toBoolList().vec();
  for (std::size_t i = 0; i < 3; ++i) {
    stack[first + i] = rounded_operand(*current_arithmetic, stack[first + i].toTensor());
  }
  stack[first + mask_argument] = c10::List<bool>({mask[0], mask[1], false});
  op.redispatchBoxed(keys & below_rounding_key, &stack);
  if (mask[2]) {
    std::vector<std::int64_t> dimensions{0};
    for (std::int64_t dimension = 2; dimension < gradient.dim(); ++dimension) {
      dimensions.push_back(dimension);
    }
    stack[first + 2] = gradient.sum(dimensions);
  }
}

void run_rounded(const c10::OperatorHandle& op, c10::DispatchKeySet keys, Stack* stack) {
  const Arithmetic* arithmetic = current_arithmetic;
  const bool decomposes = op.hasKernelForDispatchKey(c10::DispatchKey::CompositeImplicitAutograd);
  if (arithmetic == nullptr || decomposes) {
    op.redispatchBoxed(keys & below_rounding_key, stack);
    return;
  }
  const c10::impl::ExcludeDispatchKeyGuard inside(rounding_key);
  const c10::FunctionSchema& schema = op.schema();
  const std::string& name = schema.name();
  const std::size_t first = stack->size() - schema.arguments().size();
  if (arithmetic->precision() == Precision::tf32) {
    if (name == "aten::convolution_backward" && schema.overload_name().empty()) {
      convolution_backward_of_rounded(op, keys, *stack);
      return;
    }
    if (const auto* operands = product_operands(name)) {
      for (const std::size_t operand : *operands) {
        c10::IValue& value = (*stack)[first + operand];
        if (value.isTensor() && value.toTensor().defined() && value.toTensor().scalar_type() == at::kFloat) {
          value = rounded_operand(*arithmetic, value.toTensor());
        }
      }
    }
    op.redispatchBoxed(keys & below_rounding_key, stack);
    return;
  }
  // What an operator changes without returning it.
  std::vector<c10::IValue> changed;
  for (std::size_t i = 0; i < schema.arguments().size(); ++i) {
    const c10::Argument& argument = schema.arguments()[i];
    if (argument.alias_info() != nullptr && argument.alias_info()->isWrite()) {
      changed.push_back((*stack)[first + i]);
    }
  }
  op.redispatchBoxed(keys & below_rounding_key, stack);
  for (const c10::IValue& value : changed) {
    round_value(*arithmetic, value);
  }
  const std::size_t results = rounded_results(name, schema.returns().size());
  for (std::size_t i = 0; i < results; ++i) {
    const c10::Argument& result = schema.returns()[i];
    if (!is_view(result)) {
      round_value(*arithmetic, (*stack)[first + i]);
    }
  }
}

void register_rounding_kernel() {
  static const torch::Library library = [] {
    torch::Library made(torch::Library::IMPL, "_", rounding_key, __FILE__, __LINE__);
    made.fallback(torch::CppFunction::makeFromBoxedFunction<&run_rounded>());
    return made;
  }();
}

}  // namespace

struct RoundingDispatch::Guard {
  explicit Guard(const Arithmetic& arithmetic) : include(rounding_key), outer(current_arithmetic) {
    current_arithmetic = &arithmetic;
  }
  ~Guard() { current_arithmetic = outer; }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  Guard(Guard&&) = delete;
  Guard& operator=(Guard&&) = delete;

  c10::impl::IncludeDispatchKeyGuard include;
  const Arithmetic* outer;
};

RoundingDispatch::RoundingDispatch(const Arithmetic& arithmetic) {
  if (arithmetic.emulated()) {
    register_rounding_kernel();
    guard_ = std::make_unique<Guard>(arithmetic);
  }
}
RoundingDispatch::~RoundingDispatch() = default;

RoundingSuspended::RoundingSuspended() : outer_(std::exchange(current_arithmetic, nullptr)) {}
RoundingSuspended::~RoundingSuspended() { current_arithmetic = outer_; }

}  // namespace relu0
