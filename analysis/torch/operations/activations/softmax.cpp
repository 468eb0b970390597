#include "analysis/torch/operations/activations/softmax.hpp"

#include <ATen/ops/_softmax.h>
#include <ATen/ops/_softmax_backward_data.h>
#include <ATen/ops/softmax.h>

namespace relu0::operations {

NodeResult forward(const Softmax& /*softmax*/, const NodeCall& call, NodeMemory& /*memory*/) {
  at::Tensor result = at::_softmax(call.x(), 1, /*half_to_float=*/false);
  call.arithmetic().round_result(result);
  return {result, {result}};
}

std::vector<at::Tensor> input_gradients(const Softmax& /*softmax*/, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const at::Tensor& output = gradients.kept.front();
  at::Tensor result = at::_softmax_backward_data(gradients.gradient, output, 1, output.scalar_type());
  call.arithmetic().round_result(result);
  return {result};
}

at::Tensor by_autograd(const Softmax& /*softmax*/, const AutogradCall& call) {
  return at::softmax(call.x(), 1);
}

}  // namespace relu0::operations
