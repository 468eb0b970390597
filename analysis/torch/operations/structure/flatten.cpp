#include "analysis/torch/operations/structure/flatten.hpp"

namespace relu0::operations {

NodeResult forward(const Flatten& /*flatten*/, const NodeCall& call, NodeMemory& /*memory*/) {
  return {call.x().flatten(1)};
}

std::vector<at::Tensor> input_gradients(const Flatten& /*flatten*/, const NodeCall& call,
                                        const NodeGradients& gradients) {
  return {gradients.gradient.reshape(call.x().sizes())};
}

at::Tensor by_autograd(const Flatten& /*flatten*/, const AutogradCall& call) { return call.x().flatten(1); }

}  // namespace relu0::operations
