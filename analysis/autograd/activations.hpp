#pragma once
/// LibTorch's activations with kinks, as functions whose derivative at a kink can be chosen.
///
/// The forward pass is LibTorch's own, bit for bit, and so is the backward pass under PyTorch's choices. Each
/// function takes what LibTorch's takes, and KinkChoices of its own, which come before those of a
/// KinkChoicesGuard. Without either LibTorch's own function runs, and its choice is whatever that version
/// has.
///
/// Second derivatives are defined: the backward pass multiplies a gradient g by a number that depends on
/// which side of the kinks x lies; its derivative with respect to g is that number (0 where
/// Rule::published_code assigns), and with respect to x it is 0, at the kink too, as LibTorch's are.
///
/// They are called by their full names, relu0::relu(x): for an unqualified relu(x) the compiler finds
/// LibTorch's by its argument too, and says that the call is ambiguous.
///
/// Inputs may be of any shape, type of real numbers and device. They are kept for the backward pass, so that
/// one that is changed in place between the passes is LibTorch's error. Every function throws InputError for
/// an undefined tensor, one of integers, truth values or complex numbers, and a choice that is not finite in
/// the input's type.
#include "analysis/autograd/derivative_at_kink.hpp"
#include "analysis/autograd/kinked_call.hpp"

#include <cmath>
#include <limits>
#include <optional>

#include <ATen/ops/abs.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/hardtanh.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/relu.h>

namespace relu0 {

namespace autograd {

using operations::save_choice;
using operations::saved_choice;
using operations::with_choice_at;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr double infinity = std::numeric_limits<double>::infinity();

inline Rule rule_that(bool assigns) { return assigns ? Rule::published_code : Rule::chain_rule; }
inline bool assigns(const DerivativeChoice& choice) { return choice.rule == Rule::published_code; }

/// 0 where x < 0, the gradient where x > 0 or NaN.
struct ReluFunction : torch::autograd::Function<ReluFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, double value, bool is_assigned) {
    context->save_for_backward({x});
    save_choice(*context, "at_zero", {value, rule_that(is_assigned)});
    return at::relu(x);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor x = context->get_saved_variables().front();
    const at::Tensor& gradient = gradients.front();
    return {
        with_choice_at(x == 0, saved_choice(*context, "at_zero"), gradient, gradient.masked_fill(x < 0, 0)),
        {},
        {}};
  }
};

/// The gradient where x > 0, slope · gradient where x < 0 or NaN.
struct LeakyReluFunction : torch::autograd::Function<LeakyReluFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, double slope, double at_zero) {
    context->save_for_backward({x});
    context->saved_data["slope"] = slope;
    context->saved_data["at_zero"] = at_zero;
    return at::leaky_relu(x, slope);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor x = context->get_saved_variables().front();
    const double slope = context->saved_data["slope"].toDouble();
    const at::Tensor& gradient = gradients.front();
    return {at::where(x == 0, gradient * context->saved_data["at_zero"].toDouble(),
                      at::where(x > 0, gradient, gradient * slope)),
            {},
            {}};
  }
};

/// As LibTorch's: gradient · sgn(x), with `at_zero` for sgn(0).
inline at::Tensor gradient_of_abs(const at::Tensor& gradient, const at::Tensor& x, double at_zero) {
  return gradient * x.sgn().masked_fill_(x == 0, at_zero);
}

struct AbsFunction : torch::autograd::Function<AbsFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, double at_zero) {
    context->save_for_backward({x});
    context->saved_data["at_zero"] = at_zero;
    return at::abs(x);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    return {gradient_of_abs(gradients.front(), context->get_saved_variables().front().detach(),
                            context->saved_data["at_zero"].toDouble()),
            {}};
  }
};

/// A clamp as its backward pass sees it. An infinite end is none, and has no kink.
struct ClampedInterval {
  bool is_hardtanh;
  double lower;
  double upper;
  DerivativeChoice at_lower;
  DerivativeChoice at_upper;
};

/// Between the ends the gradient, beyond them 0, at them what is chosen. Where x is NaN, clamp gives 0, as
/// LibTorch's does, and hardtanh passes the gradient on, as LibTorch's does outside of its vector loops.
inline at::Tensor gradient_of_clamp(const at::Tensor& gradient, const at::Tensor& x,
                                    const ClampedInterval& ends) {
  const at::Tensor beyond = ends.is_hardtanh ? (x < ends.lower).logical_or(x > ends.upper)
                                             : (x >= ends.lower).logical_and(x <= ends.upper).logical_not();
  at::Tensor result = gradient.masked_fill(beyond, 0);
  if (std::isfinite(ends.lower)) {
    result = with_choice_at(x == ends.lower, ends.at_lower, gradient, result);
  }
  return std::isfinite(ends.upper) ? with_choice_at(x == ends.upper, ends.at_upper, gradient, result)
                                   : result;
}

struct ClampFunction : torch::autograd::Function<ClampFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, bool is_hardtanh, double lower,
                            double upper, double value_at_lower, bool assigns_at_lower, double value_at_upper,
                            bool assigns_at_upper) {
    context->save_for_backward({x});
    context->saved_data["is_hardtanh"] = is_hardtanh;
    context->saved_data["lower"] = lower;
    context->saved_data["upper"] = upper;
    save_choice(*context, "at_lower", {value_at_lower, rule_that(assigns_at_lower)});
    save_choice(*context, "at_upper", {value_at_upper, rule_that(assigns_at_upper)});
    return at::clamp(x, lower, upper);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor x = context->get_saved_variables().front();
    const ClampedInterval ends{.is_hardtanh = context->saved_data["is_hardtanh"].toBool(),
                               .lower = context->saved_data["lower"].toDouble(),
                               .upper = context->saved_data["upper"].toDouble(),
                               .at_lower = saved_choice(*context, "at_lower"),
                               .at_upper = saved_choice(*context, "at_upper")};
    return {gradient_of_clamp(gradients.front(), x, ends), {}, {}, {}, {}, {}, {}, {}};
  }
};

inline at::Tensor apply_clamp(const at::Tensor& x, const ClampedInterval& ends) {
  return ClampFunction::apply(x, ends.is_hardtanh, ends.lower, ends.upper, ends.at_lower.value,
                              assigns(ends.at_lower), ends.at_upper.value, assigns(ends.at_upper));
}

inline at::Tensor relu(const at::Tensor& x, const KinkChoices* given) {
  const CallOfFunction call("relu0::relu", x, given);
  const auto at_zero = call.at({.kink = Kink::relu, .at = 0, .left = 0, .right = 1},
                               [](const KinkChoices& choices) { return std::optional(choices.relu); });
  return at_zero ? ReluFunction::apply(x, at_zero->value, assigns(*at_zero)) : at::relu(x);
}

inline at::Tensor leaky_relu(const at::Tensor& x, double slope, const KinkChoices* given) {
  const CallOfFunction call("relu0::leaky_relu", x, given);
  if (!std::isfinite(slope)) {
    throw InputError("relu0::leaky_relu: the slope is " + shortest_text(slope) + "; give a finite number");
  }
  const auto at_zero =
      call.at({.kink = Kink::leaky_relu, .at = 0, .left = slope, .right = 1}, [](const KinkChoices& choices) {
        return choices.leaky_relu ? std::optional(DerivativeChoice{.value = *choices.leaky_relu})
                                  : std::nullopt;
      });
  return at_zero ? LeakyReluFunction::apply(x, slope, at_zero->value) : at::leaky_relu(x, slope);
}

inline at::Tensor abs(const at::Tensor& x, const KinkChoices* given) {
  const CallOfFunction call("relu0::abs", x, given);
  const auto at_zero = call.at(
      {.kink = Kink::absolute, .at = 0, .left = -1, .right = 1},
      [](const KinkChoices& choices) { return std::optional(DerivativeChoice{.value = choices.absolute}); });
  return at_zero ? AbsFunction::apply(x, at_zero->value) : at::abs(x);
}

/// The two spellings of a clamp. Absent ends are none.
struct ClampCall {
  const char* function;
  bool is_hardtanh;
  std::optional<double> lower;
  std::optional<double> upper;
};

inline at::Tensor clamp(const at::Tensor& x, const ClampCall& clamp, const KinkChoices* given) {
  const CallOfFunction call(clamp.function, x, given);
  const double lower = clamp.lower.value_or(-infinity);
  const double upper = clamp.upper.value_or(infinity);
  if (!(lower < upper)) {
    throw InputError(std::string(clamp.function) + ": the lower end is " + shortest_text(lower) +
                     " and the upper end " + shortest_text(upper) + "; give a lower end below the upper one");
  }
  const auto choice = [&](Kink kink, double end, double left, double right, ReadChoice read) {
    return std::isfinite(end) ? call.at({.kink = kink, .at = end, .left = left, .right = right}, read)
                              : std::nullopt;
  };
  const auto at_lower =
      choice(Kink::clamp_lower, lower, 0, 1, [](const KinkChoices& choices) { return choices.clamp_lower; });
  const auto at_upper =
      choice(Kink::clamp_upper, upper, 1, 0, [](const KinkChoices& choices) { return choices.clamp_upper; });
  if (!at_lower && !at_upper) {
    return clamp.is_hardtanh ? at::hardtanh(x, lower, upper) : at::clamp(x, lower, upper);
  }
  const DerivativeChoice pytorchs{.value = clamp.is_hardtanh ? 0.0 : 1.0};
  return apply_clamp(x, {.is_hardtanh = clamp.is_hardtanh,
                         .lower = lower,
                         .upper = upper,
                         .at_lower = at_lower.value_or(pytorchs),
                         .at_upper = at_upper.value_or(pytorchs)});
}

}  // namespace autograd

/// @name max(x, 0)
/// With ReLU'(0) = relu_at_zero under the chain rule, or choices.relu.
/// @{
inline at::Tensor relu(const at::Tensor& x) { return autograd::relu(x, nullptr); }
inline at::Tensor relu(const at::Tensor& x, const KinkChoices& choices) {
  return autograd::relu(x, &choices);
}
inline at::Tensor relu(const at::Tensor& x, double relu_at_zero) {
  return relu0::relu(x, KinkChoices{.relu = {.value = relu_at_zero}});
}
/// @}

/// @name x where x > 0, slope · x elsewhere
/// choices.leaky_relu at 0. Throws InputError also for a slope that is not finite.
/// @{
inline at::Tensor leaky_relu(const at::Tensor& x, double slope = 0.01) {
  return autograd::leaky_relu(x, slope, nullptr);
}
inline at::Tensor leaky_relu(const at::Tensor& x, double slope, const KinkChoices& choices) {
  return autograd::leaky_relu(x, slope, &choices);
}
/// @}

/// @name |x|
/// choices.absolute at 0.
/// @{
inline at::Tensor abs(const at::Tensor& x) { return autograd::abs(x, nullptr); }
inline at::Tensor abs(const at::Tensor& x, const KinkChoices& choices) { return autograd::abs(x, &choices); }
/// @}

/// @name min(max(x, lower), upper)
/// choices.clamp_lower and clamp_upper at the ends, as the input's type holds them. PyTorch's choices are 1
/// for clamp and 0 for hardtanh and relu6. Throws InputError also for a lower end that isn't below the upper
/// one.
/// @{
inline at::Tensor clamp(const at::Tensor& x, std::optional<double> lower,
                        std::optional<double> upper = std::nullopt) {
  return autograd::clamp(x, {"relu0::clamp", false, lower, upper}, nullptr);
}
inline at::Tensor clamp(const at::Tensor& x, std::optional<double> lower, std::optional<double> upper,
                        const KinkChoices& choices) {
  return autograd::clamp(x, {"relu0::clamp", false, lower, upper}, &choices);
}
inline at::Tensor hardtanh(const at::Tensor& x, double lower = -1, double upper = 1) {
  return autograd::clamp(x, {"relu0::hardtanh", true, lower, upper}, nullptr);
}
inline at::Tensor hardtanh(const at::Tensor& x, double lower, double upper, const KinkChoices& choices) {
  return autograd::clamp(x, {"relu0::hardtanh", true, lower, upper}, &choices);
}
inline at::Tensor relu6(const at::Tensor& x) {
  return autograd::clamp(x, {"relu0::relu6", true, 0.0, 6.0}, nullptr);
}
inline at::Tensor relu6(const at::Tensor& x, const KinkChoices& choices) {
  return autograd::clamp(x, {"relu0::relu6", true, 0.0, 6.0}, &choices);
}
/// @}

}  // namespace relu0
