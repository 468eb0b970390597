#include "suites/tests/autograd/kinked_nets.hpp"

#include <ATen/ops/dot.h>
#include <ATen/ops/mv.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

namespace relu0::test {

OneKinkNet::OneKinkNet(const std::optional<KinkChoices>& choices)
    : relu_(choices ? nn::ReLU(*choices) : nn::ReLU()) {
  w1 = register_parameter("w1", at::tensor({1.0F, -1.0F, 0.5F, 1.5F}).view({2, 2}));
  b1 = register_parameter("b1", at::tensor({0.0F, 0.25F}));
  w2 = register_parameter("w2", at::tensor({3.0F, 0.5F}));
  register_module("relu1", relu_);
}

at::Tensor OneKinkNet::loss(const std::optional<at::Tensor>& input) {
  return at::dot(w2, relu_(at::mv(w1, input.value_or(at::ones({2}))) + b1));
}

at::Tensor OneKinkNet::loss_by_libtorch() { return at::dot(w2, at::relu(at::mv(w1, at::ones({2})) + b1)); }

GradientFunction OneKinkNet::gradients(const std::optional<at::Tensor>& input) {
  return gradients_of(*this, [this, input] { return loss(input); });
}

TwoKinkNet::TwoKinkNet() {
  w = register_parameter("w", at::zeros({1}));
  v = register_parameter("v", at::zeros({1}));
  c = register_parameter("c", at::zeros({1}));
}

at::Tensor TwoKinkNet::loss() { return relu0::relu(relu0::relu(w) + v) + 2 * c; }

}  // namespace relu0::test
