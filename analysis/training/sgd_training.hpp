#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/batch_tensors.hpp"
#include "analysis/torch/pass.hpp"
#include "analysis/training/trainer.hpp"

#include <vector>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// One training as Trainer describes it, step by step: the forward pass, the gradient for one choice at each
/// kink, the update.
class SgdTraining {
 public:
  /// The network must outlive the training. Throws InputError for options out of range.
  SgdTraining(const Network& network, const Arithmetic& arithmetic, SgdOptions options);

  /// Throws InputError when they do not fit the network.
  void set_weights(const Weights& weights);
  /// Another training that goes on from here and shares nothing with this one.
  [[nodiscard]] SgdTraining fork() const;

  TrainingStep forward(const BatchTensors& batch);
  /// The last forward pass, for backward passes through it.
  [[nodiscard]] const ForwardPass& forward_pass() const { return forward_; }
  /// gradient: in the order of Network::parameters().
  /// Throws InputError for a learning rate that is negative or not finite.
  void update(const std::vector<at::Tensor>& gradient, double learning_rate);

  [[nodiscard]] const std::vector<at::Tensor>& parameters() const { return weights_.parameters(); }
  /// Whether both trainings have the same state, so that equal steps keep them equal: the same bits in θ and
  /// in the momentum.
  [[nodiscard]] bool same_state(const SgdTraining& other) const;
  [[nodiscard]] Weights weights() const;

 private:
  const Network* network_;
  Arithmetic arithmetic_;
  SgdOptions options_;
  ForwardPass forward_;
  LoadedWeights weights_;
  std::vector<TensorValues> buffers_;  ///< as set_weights() was given them
  std::vector<at::Tensor> momentum_;
  std::uint64_t step_ = 0;  ///< forward passes since set_weights()
};

}  // namespace relu0
