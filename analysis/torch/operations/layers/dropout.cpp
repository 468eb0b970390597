#include "analysis/torch/operations/layers/dropout.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>

namespace relu0::operations {

namespace {

/// What each element is multiplied by: 0, or 1 / (1 − probability) as the arithmetic holds it. The same shape
/// as x.
at::Tensor factors(const Dropout& dropout, const PassCall& pass, std::size_t node, const at::Tensor& x) {
  const DropoutMask mask(dropout, pass.dropout, node);
  const auto kept = static_cast<float>(1);
  at::Tensor keeps = at::empty(x.sizes(), at::kFloat);
  auto* values = keeps.data_ptr<float>();
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    values[i] = mask.keeps(i) ? kept : 0;
  }
  return keeps.to(x.options().requires_grad(false)) * pass.arithmetic.rounded(1 / (1 - dropout.probability));
}

}  // namespace

NodeResult forward(const Dropout& dropout, const NodeCall& call, NodeMemory& /*memory*/) {
  if (!dropout.drops()) {
    return {call.x()};
  }
  const at::Tensor scale = factors(dropout, call.pass, call.node, call.x());
  at::Tensor result = (call.x() * scale).contiguous();
  call.arithmetic().round_result(result);
  return {result, {scale}};
}

std::vector<at::Tensor> input_gradients(const Dropout& dropout, const NodeCall& call,
                                        const NodeGradients& gradients) {
  if (!dropout.drops()) {
    return {gradients.gradient};
  }
  at::Tensor result = (gradients.gradient * gradients.kept.front()).contiguous();
  call.arithmetic().round_result(result);
  return {result};
}

at::Tensor by_autograd(const Dropout& dropout, const AutogradCall& call) {
  return dropout.drops() ? call.x() * factors(dropout, call.pass, call.node, call.x()) : call.x();
}

}  // namespace relu0::operations
