#include "analysis/torch/operations/activations/clamp.hpp"

#include "analysis/autograd/activations.hpp"

#include <limits>

#include <ATen/TensorOperators.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/hardtanh.h>

namespace relu0::operations {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The ends as an arithmetic holds them; infinite where there is none.
struct Ends {
  double lower;
  double upper;
};

Ends ends_of(const Clamp& clamp, const Arithmetic& arithmetic) {
  return {.lower = clamp.lower ? arithmetic.rounded(*clamp.lower) : -infinity,
          .upper = clamp.upper ? arithmetic.rounded(*clamp.upper) : infinity};
}

autograd::ClampedInterval interval(const Clamp& clamp, const Ends& ends, const KinkChoices& kinks) {
  return {.is_hardtanh = clamp.spelling == ClampSpelling::hardtanh,
          .lower = ends.lower,
          .upper = ends.upper,
          .at_lower = at_lower(clamp, kinks),
          .at_upper = at_upper(clamp, kinks)};
}

}  // namespace

NodeResult forward(const Clamp& clamp, const NodeCall& call, NodeMemory& memory) {
  const Ends ends = ends_of(clamp, call.arithmetic());
  at::Tensor result = at::clamp(call.x(), ends.lower, ends.upper).contiguous();
  count_point_hits(call.x(), call.arithmetic(), memory.hits);
  return {result};
}

std::vector<at::Tensor> input_gradients(const Clamp& clamp, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const Ends ends = ends_of(clamp, call.arithmetic());
  at::Tensor result =
      autograd::gradient_of_clamp(gradients.gradient, call.x(), interval(clamp, ends, call.pass.kinks))
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
    if (clamp.spelling == ClampSpelling::hardtanh) {
      return at::hardtanh(call.x(), *clamp.lower, *clamp.upper);
    }
    // LibTorch 1.13 has an optional of its own here, 2.x has std::optional; an absent end is left out for
    // both.
    if (!clamp.lower) {
      return at::clamp(call.x(), {}, at::Scalar(*clamp.upper));
    }
    return clamp.upper ? at::clamp(call.x(), at::Scalar(*clamp.lower), at::Scalar(*clamp.upper))
                       : at::clamp(call.x(), at::Scalar(*clamp.lower));
  }
  const Ends ends{.lower = clamp.lower.value_or(-infinity), .upper = clamp.upper.value_or(infinity)};
  return autograd::apply_clamp(call.x(), interval(clamp, ends, call.pass.kinks));
}

}  // namespace relu0::operations
