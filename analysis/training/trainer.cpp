#include "analysis/training/trainer.hpp"

#include "analysis/training/stepwise_training.hpp"

#include <numeric>

#include <ATen/core/grad_mode.h>

namespace relu0 {

std::int64_t TrainingStep::total_zeros() const {
  return std::accumulate(zeros.begin(), zeros.end(), std::int64_t{0});
}

struct Trainer::Implementation {
  const Network& network;
  Arithmetic arithmetic;
  KinkChoices kinks;
  StepwiseTraining training;
};

Trainer::Trainer(const Network& network, Precision precision, Device device, const KinkChoices& kinks,
                 const StepOptions& options, const KernelChoice& kernel) {
  const Arithmetic arithmetic(precision, device, kernel);
  implementation_ = std::make_unique<Implementation>(
      Implementation{network, arithmetic, kinks, {network, arithmetic, options}});
}

Trainer::~Trainer() = default;
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;

void Trainer::set_weights(const Weights& weights) { implementation_->training.set_weights(weights); }

TrainingStep Trainer::step(const Batch& batch, double learning_rate) {
  const at::NoGradGuard no_autograd;
  auto& [network, arithmetic, kinks, training] = *implementation_;
  TrainingStep result = training.forward(to_tensors(batch, network, arithmetic));
  training.update(BackwardPass(training.forward_pass(), kinks).parameter_gradients(), learning_rate);
  return result;
}

bool Trainer::same_state(const Trainer& other) const {
  return implementation_->training.same_state(other.implementation_->training);
}

Weights Trainer::weights() const { return implementation_->training.weights(); }

}  // namespace relu0
