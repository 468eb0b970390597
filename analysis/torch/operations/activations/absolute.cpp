#include "analysis/torch/operations/activations/absolute.hpp"

#include "analysis/autograd/activations.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs.h>

namespace relu0::operations {

NodeResult forward(const Absolute& /*absolute*/, const NodeCall& call, NodeMemory& memory) {
  count_point_hits(call.x(), call.arithmetic(), memory.hits);
  return {at::abs(call.x()).contiguous()};
}

std::vector<at::Tensor> input_gradients(const Absolute& /*absolute*/, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const Arithmetic& arithmetic = call.arithmetic();
  at::Tensor result =
      autograd::gradient_of_abs(gradients.gradient, call.x(), arithmetic.rounded(call.pass.kinks.absolute))
          .contiguous();
  arithmetic.round_result(result);
  return {result};
}

at::Tensor kink_hits(const Absolute& /*absolute*/, const KinkPlace& place, const NodeCall& call) {
  return hits_at_point(call.x(), call.arithmetic(), place);
}

at::Tensor by_autograd(const Absolute& /*absolute*/, const AutogradCall& call) {
  return call.pass.kinks.absolute == 0 ? at::abs(call.x()) : relu0::abs(call.x(), call.pass.kinks);
}

}  // namespace relu0::operations
