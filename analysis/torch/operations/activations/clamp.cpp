#include "analysis/torch/operations/activations/clamp.hpp"

#include "analysis/torch/operations/activations/derivative_at_kink.hpp"

#include <cmath>
#include <limits>

#include <ATen/TensorOperators.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/hardtanh.h>
#include <torch/csrc/autograd/custom_function.h>

namespace relu0::operations {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The ends as an arithmetic holds them; infinite where there is none.
struct Ends {
  Ends(const Clamp& clamp, const Arithmetic& arithmetic)
      : lower(clamp.lower ? arithmetic.rounded(*clamp.lower) : -infinity),
        upper(clamp.upper ? arithmetic.rounded(*clamp.upper) : infinity) {}

  double lower;
  double upper;
};

/// Between the ends the gradient, beyond them 0, at them what is chosen. An infinite end is none, and has no
/// kink. Where x is NaN, hardtanh passes the gradient on and clamp gives 0, as LibTorch's functions do.
at::Tensor gradient_of(const at::Tensor& gradient, const at::Tensor& x, ClampSpelling spelling, double lower,
                       double upper, const DerivativeChoice& at_lower, const DerivativeChoice& at_upper) {
  const at::Tensor beyond = spelling == ClampSpelling::hardtanh
                                ? (x < lower).logical_or(x > upper)
                                : (x >= lower).logical_and(x <= upper).logical_not();
  at::Tensor result = gradient.masked_fill(beyond, 0);
  if (std::isfinite(lower)) {
    result = with_choice_at(x == lower, at_lower, gradient, result);
  }
  return std::isfinite(upper) ? with_choice_at(x == upper, at_upper, gradient, result) : result;
}

struct ClampFunction : torch::autograd::Function<ClampFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, bool is_hardtanh, double lower,
                            double upper, double value_at_lower, bool assigns_at_lower, double value_at_upper,
                            bool assigns_at_upper) {
    const auto rule = [](bool assigns) { return assigns ? Rule::published_code : Rule::chain_rule; };
    context->save_for_backward({x});
    context->saved_data["is_hardtanh"] = is_hardtanh;
    context->saved_data["lower"] = lower;
    context->saved_data["upper"] = upper;
    save_choice(*context, "at_lower", {value_at_lower, rule(assigns_at_lower)});
    save_choice(*context, "at_upper", {value_at_upper, rule(assigns_at_upper)});
    return at::clamp(x, lower, upper);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor x = context->get_saved_variables().front();
    const ClampSpelling spelling =
        context->saved_data["is_hardtanh"].toBool() ? ClampSpelling::hardtanh : ClampSpelling::clamp;
    at::Tensor result = gradient_of(gradients.front(), x, spelling, context->saved_data["lower"].toDouble(),
                                    context->saved_data["upper"].toDouble(),
                                    saved_choice(*context, "at_lower"), saved_choice(*context, "at_upper"));
    return {result, {}, {}, {}, {}, {}, {}, {}};
  }
};

}  // namespace

NodeResult forward(const Clamp& clamp, const NodeCall& call, NodeMemory& memory) {
  const Ends ends(clamp, call.arithmetic());
  at::Tensor result = at::clamp(call.x(), ends.lower, ends.upper).contiguous();
  count_point_hits(call.x(), call.arithmetic(), memory.hits);
  return {result};
}

std::vector<at::Tensor> input_gradients(const Clamp& clamp, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const Ends ends(clamp, call.arithmetic());
  at::Tensor result = gradient_of(gradients.gradient, call.x(), clamp.spelling, ends.lower, ends.upper,
                                  at_lower(clamp, call.pass.kinks), at_upper(clamp, call.pass.kinks))
                          .contiguous();
  call.arithmetic().round_result(result);
  return {result};
}

at::Tensor kink_hits(const Clamp& /*clamp*/, const KinkPlace& place, const NodeCall& call) {
  return hits_at_point(call.x(), call.arithmetic(), place);
}

at::Tensor by_autograd(const Clamp& clamp, const AutogradCall& call) {
  const DerivativeChoice lower = at_lower(clamp, call.pass.kinks);
  const DerivativeChoice upper = at_upper(clamp, call.pass.kinks);
  if (lower == pytorchs_choice(clamp) && upper == pytorchs_choice(clamp)) {
    const auto scalar = [](const std::optional<double>& end) {
      return end ? c10::optional<at::Scalar>(*end) : c10::nullopt;
    };
    return clamp.spelling == ClampSpelling::hardtanh
               ? at::hardtanh(call.x(), *clamp.lower, *clamp.upper)
               : at::clamp(call.x(), scalar(clamp.lower), scalar(clamp.upper));
  }
  return ClampFunction::apply(call.x(), clamp.spelling == ClampSpelling::hardtanh,
                              clamp.lower.value_or(-infinity), clamp.upper.value_or(infinity), lower.value,
                              lower.rule == Rule::published_code, upper.value,
                              upper.rule == Rule::published_code);
}

}  // namespace relu0::operations
