#include "analysis/torch/operations/layers/shift.hpp"

#include "analysis/torch/operations/structure/add.hpp"

#include <ATen/ExpandUtils.h>
#include <ATen/TensorOperators.h>

namespace relu0::operations {

NodeResult forward(const Shift& /*shift*/, const NodeCall& call, NodeMemory& /*memory*/) {
  return {sum_of(call.arithmetic(), call.x(), call.weights.parameters.front())};
}

std::vector<at::Tensor> input_gradients(const Shift& /*shift*/, const NodeCall& /*call*/,
                                        const NodeGradients& gradients) {
  return {gradients.gradient};
}

void parameter_gradient(const Shift& shift, const NodeCall& call, const NodeGradients& gradients,
                        std::size_t which) {
  at::Tensor result = at::sum_to(gradients.gradient, at::IntArrayRef(shift.shape)).contiguous();
  call.arithmetic().round_result(result);
  gradients.parameters[which] = result;
}

at::Tensor by_autograd(const Shift& /*shift*/, const AutogradCall& call) {
  return call.x() + call.parameters[0];
}

}  // namespace relu0::operations
