#include "analysis/torch/operations/losses/softmax_cross_entropy.hpp"

#include "analysis/torch/operations/losses/log_likelihood.hpp"

#include <ATen/ops/cross_entropy_loss.h>

namespace relu0::operations {

NodeResult forward(const SoftmaxCrossEntropy& /*loss*/, const NodeCall& call, NodeMemory& /*memory*/) {
  const at::Tensor log_probabilities = log_softmax(call.arithmetic(), call.x());
  auto [value, total_weight] = mean_negative(call.arithmetic(), log_probabilities, call.pass.labels);
  return {value, {log_probabilities, total_weight}};
}

std::vector<at::Tensor> input_gradients(const SoftmaxCrossEntropy& /*loss*/, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const at::Tensor& log_probabilities = gradients.kept[0];
  const at::Tensor gradient =
      mean_negative_gradient(call.arithmetic(), log_probabilities, call.pass.labels,
                             /*total_weight=*/gradients.kept[1], call.pass.loss_gradient);
  return {log_softmax_gradient(call.arithmetic(), gradient, log_probabilities)};
}

at::Tensor by_autograd(const SoftmaxCrossEntropy& /*loss*/, const AutogradCall& call) {
  return at::cross_entropy_loss(call.x(), call.pass.labels);
}

}  // namespace relu0::operations
