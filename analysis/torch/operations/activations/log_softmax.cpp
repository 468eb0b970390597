#include "analysis/torch/operations/activations/log_softmax.hpp"

#include "analysis/torch/operations/losses/log_likelihood.hpp"

#include <ATen/ops/log_softmax.h>

namespace relu0::operations {

NodeResult forward(const LogSoftmax& /*log_softmax*/, const NodeCall& call, NodeMemory& /*memory*/) {
  const at::Tensor result = log_softmax(call.arithmetic(), call.x());
  return {result, {result}};
}

std::vector<at::Tensor> input_gradients(const LogSoftmax& /*log_softmax*/, const NodeCall& call,
                                        const NodeGradients& gradients) {
  return {log_softmax_gradient(call.arithmetic(), gradients.gradient, gradients.kept.front())};
}

at::Tensor by_autograd(const LogSoftmax& /*log_softmax*/, const AutogradCall& call) {
  return at::log_softmax(call.x(), 1);
}

}  // namespace relu0::operations
