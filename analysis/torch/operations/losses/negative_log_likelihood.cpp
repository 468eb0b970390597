#include "analysis/torch/operations/losses/negative_log_likelihood.hpp"

#include "analysis/torch/operations/losses/log_likelihood.hpp"

#include <ATen/ops/nll_loss.h>

namespace relu0::operations {

NodeResult forward(const NegativeLogLikelihood& /*loss*/, const NodeCall& call, NodeMemory& /*memory*/) {
  auto [value, total_weight] = mean_negative(call.arithmetic(), call.x(), call.pass.labels);
  return {value, {total_weight}};
}

std::vector<at::Tensor> input_gradients(const NegativeLogLikelihood& /*loss*/, const NodeCall& call,
                                        const NodeGradients& gradients) {
  return {mean_negative_gradient(call.arithmetic(), call.x(), call.pass.labels,
                                 /*total_weight=*/gradients.kept.front(), call.pass.loss_gradient)};
}

at::Tensor by_autograd(const NegativeLogLikelihood& /*loss*/, const AutogradCall& call) {
  return at::nll_loss(call.x(), call.pass.labels);
}

}  // namespace relu0::operations
