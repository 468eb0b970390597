#pragma once
#include "analysis/autograd/modules.hpp"
#include "analysis/matchers/gradient_function.hpp"

#include <cstdint>
#include <optional>

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

namespace relu0::test {

/// y = w2 · relu(W1 x + b1), loss = y: parameters "w1" {2, 2}, "b1" {2}, "w2" {2}, small binary fractions, so
/// that all of a pass is exact. For the input (1, 1) the first neuron's pre-activation is 0, and the second's
/// 2.25; d loss / d w1 = (s w2[0] (1, 1), w2[1] (1, 1)) with w2 = (3, 0.5).
class OneKinkNet : public torch::nn::Module {
 public:
  /// A choice of its own for the ReLU; absent: the guard's.
  explicit OneKinkNet(const std::optional<KinkChoices>& choices = {});

  /// input: {2}, by default the one on the kink.
  at::Tensor loss(const std::optional<at::Tensor>& input = {});
  /// The same with LibTorch's own relu.
  at::Tensor loss_by_libtorch();
  GradientFunction gradients(const std::optional<at::Tensor>& input = {});

  at::Tensor w1;
  at::Tensor b1;
  at::Tensor w2;

 private:
  nn::ReLU relu_;
};

/// Two ReLUs on a path, both at 0: loss = relu(relu(w) + v) with w = v = 0, so that d loss / d w = s1 s2 and
/// d loss / d v = s2 = s; loss also has 2 c, on a way without kinks.
class TwoKinkNet : public torch::nn::Module {
 public:
  TwoKinkNet();
  at::Tensor loss();

  at::Tensor w;
  at::Tensor v;
  at::Tensor c;
};

}  // namespace relu0::test
