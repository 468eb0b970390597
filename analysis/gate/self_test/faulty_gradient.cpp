#include "analysis/gate/self_test/faulty_gradient.hpp"

#include <limits>
#include <set>

#include <ATen/TensorOperators.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/nextafter.h>
#include <ATen/ops/zeros_like.h>

namespace relu0::gate {

namespace {

/// The gradient with the fault in its first element, or in all.
at::Tensor with_fault(GradientFaultKind fault, const at::Tensor& gradient) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (fault == GradientFaultKind::zero) {
    return at::zeros_like(gradient);
  }
  at::Tensor result = gradient.contiguous().clone();
  at::Tensor first = result.view({-1}).narrow(0, 0, 1);
  switch (fault) {
    case GradientFaultKind::one_ulp:
      first.copy_(at::nextafter(first, at::full_like(first, infinity)));
      break;
    case GradientFaultKind::nan:
      first.fill_(std::numeric_limits<double>::quiet_NaN());
      break;
    case GradientFaultKind::infinite:
    case GradientFaultKind::zero:
      first.fill_(infinity);
      break;
  }
  return result;
}

}  // namespace

GradientHook hook_of(GradientFaultKind fault) {
  return [fault, seen = std::set<std::size_t>()](std::size_t parameter, const at::Tensor& gradient) mutable {
    const bool first_pass = seen.insert(parameter).second;
    const bool concerned = parameter == 0 || fault == GradientFaultKind::zero;
    return first_pass && concerned ? with_fault(fault, gradient) : gradient;
  };
}

}  // namespace relu0::gate
