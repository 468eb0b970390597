#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/arithmetic.hpp"
#include "analysis/torch/gradient_flow.hpp"
#include "analysis/torch/loaded_weights.hpp"
#include "fixtures/network/dropout_key.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/network.hpp"

#include <vector>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// A network as a user of LibTorch writes it: parameters that require gradients, LibTorch's own operators, a
/// custom autograd functions where PyTorch has no choice, loss.backward(). It shares no backward code with
/// BackwardPass at fp32 and fp64, and so checks it; in an emulated arithmetic the operations are the shared
/// ones, since they define it, and autograd only decides which run, in which order.
class AutogradNetwork {
 public:
  /// The network must outlive this object.
  AutogradNetwork(const Network& network, Arithmetic arithmetic, const KinkChoices& kinks,
                  OfInput of_input = OfInput::skipped);

  void set_weights(const LoadedWeights& weights);
  /// Forward and backward pass. Clears the gradients of the pass before.
  /// inputs: n × element_count(input shape); labels: n int64.
  void step(const at::Tensor& inputs, const at::Tensor& labels, DropoutKey dropout = {});

  [[nodiscard]] const at::Tensor& loss() const { return loss_; }
  /// d loss / d parameter of the last step, in the order of Network::parameters().
  [[nodiscard]] std::vector<at::Tensor> gradients() const;
  /// d loss / d input of the last step, n × input shape, where asked for.
  [[nodiscard]] const at::Tensor& input_gradient() const { return input_.grad(); }

 private:
  const Network* network_;
  Arithmetic arithmetic_;
  KinkChoices kinks_;
  GradientFlow flow_;
  LoadedWeights weights_;
  std::vector<at::Tensor> parameters_;
  at::Tensor input_;
  at::Tensor loss_;
};

}  // namespace relu0
