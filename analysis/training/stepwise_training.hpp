#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/batch_tensors.hpp"
#include "analysis/torch/pass.hpp"
#include "analysis/training/optimizer/optimizer.hpp"
#include "analysis/training/trainer.hpp"
#include "analysis/training/training_state.hpp"

#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// One training, step by step: the forward pass, backward passes through it for any choice at each kink, the
/// update. Every training of this project is made of these steps.
class StepwiseTraining {
 public:
  /// The network must outlive the training. Throws InputError for options out of range, and for loss scaling
  /// in another arithmetic than one of 16 bits.
  StepwiseTraining(const Network& network, const Arithmetic& arithmetic, const StepOptions& options);

  /// θ to start from; forgets all steps. Throws InputError when it does not fit the network.
  void set_weights(const Weights& weights);
  /// Another training that goes on from here and shares nothing with this one.
  [[nodiscard]] StepwiseTraining fork() const;

  TrainingStep forward(const BatchTensors& batch);
  /// The last forward pass, for backward passes through it. Their gradients are of the scaled loss.
  [[nodiscard]] const ForwardPass& forward_pass() const { return forward_; }
  /// gradient: in the order of Network::parameters(), as a backward pass gave it. Returns the gradient that
  /// the optimizer got, without loss scaling; an empty one where the step was left out, because the scaled
  /// gradient was not finite. Throws InputError for a learning rate that is negative or not finite.
  std::vector<at::Tensor> update(std::vector<at::Tensor> gradient, double learning_rate);

  /// θ as the optimizer holds it.
  [[nodiscard]] const std::vector<at::Tensor>& parameters() const;
  /// Whether both trainings have the same state, so that equal steps keep them equal: the same bits in θ, in
  /// what the optimizer remembers and in the statistics of batch-norms.
  [[nodiscard]] bool same_state(const StepwiseTraining& other) const;
  /// θ, with the buffers that set_weights() was given.
  [[nodiscard]] Weights weights() const;
  /// The statistics that batch-norms in training mode have gathered.
  [[nodiscard]] const RunningStatistics& running_statistics() const { return *running_; }
  [[nodiscard]] const LossScale& loss_scale() const { return loss_scale_; }
  [[nodiscard]] std::int64_t steps() const { return static_cast<std::int64_t>(step_); }

  [[nodiscard]] TrainingState state() const;
  /// Goes on from a state of the same network, arithmetic and options. Throws InputError, and stays as it is,
  /// for one whose tensors do not fit.
  void restore(const TrainingState& state);

 private:
  [[nodiscard]] bool is_mixed() const { return options_.loss_scaling.has_value(); }
  void theta_changed();
  [[nodiscard]] std::vector<at::Tensor> unscaled(std::vector<at::Tensor> gradient) const;
  void use(std::shared_ptr<RunningStatistics> running);

  const Network* network_;
  Arithmetic arithmetic_;  ///< of the passes
  Arithmetic held_;        ///< of θ and the optimizer: binary32 where the loss is scaled
  StepOptions options_;
  ForwardPass forward_;
  LoadedWeights weights_;
  std::vector<at::Tensor> master_;     ///< θ where the loss is scaled
  std::vector<TensorValues> buffers_;  ///< as set_weights() was given them
  Optimizer optimizer_;
  std::shared_ptr<RunningStatistics> running_;  ///< shared with the forward pass only
  LossScale loss_scale_{};
  std::uint64_t step_ = 0;  ///< forward passes since set_weights()
};

}  // namespace relu0
