#include "analysis/training/sgd_training.hpp"

#include "analysis/torch/same_bits.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <ATen/ops/add.h>
#include <fmt/format.h>

namespace relu0 {

namespace {

void require_rate(double value, const char* what) {
  if (!std::isfinite(value) || value < 0) {
    throw InputError(fmt::format("a {} of {}: needs a finite number that is not negative", what, value));
  }
}

/// min |x|; NaN when one is NaN.
double min_absolute(const at::Tensor& x) { return x.abs().min().item<double>(); }

}  // namespace

SgdTraining::SgdTraining(const Network& network, const Arithmetic& arithmetic, SgdOptions options)
    : network_(&network), arithmetic_(arithmetic), options_(options), forward_(network, arithmetic) {
  require_rate(options.momentum, "momentum");
  require_rate(options.weight_decay, "weight decay");
}

void SgdTraining::set_weights(const Weights& weights) {
  weights_ = {*network_, weights, arithmetic_};
  buffers_ = weights.buffers;
  momentum_.clear();
  step_ = 0;
  forward_.set_weights(weights_);
}

SgdTraining SgdTraining::fork() const {
  SgdTraining result(*network_, arithmetic_, options_);
  result.weights_ = weights_.clone(arithmetic_);
  result.buffers_ = buffers_;
  result.step_ = step_;
  result.forward_.set_weights(result.weights_);
  for (const at::Tensor& velocity : momentum_) {
    result.momentum_.push_back(velocity.clone());
  }
  return result;
}

TrainingStep SgdTraining::forward(const BatchTensors& batch) {
  TrainingStep step;
  forward_.set_dropout({options_.dropout_seed, step_++});
  const KinkCensus& census = forward_.run(batch.inputs);
  forward_.complete(batch.labels);
  step.loss = forward_.outputs().back().item<double>();
  for (const KinkHits& relu : census.kinks) {
    step.zeros.push_back(relu.total);
  }
  step.min_absolute_pre_activation = std::numeric_limits<double>::infinity();
  for (const std::size_t relu : network_->nodes_with(Kink::relu)) {
    const at::Tensor& x = forward_.input_of(relu);
    step.relu_inputs += x.numel();
    const double smallest = min_absolute(x);
    if (std::isnan(smallest) || smallest < step.min_absolute_pre_activation) {
      step.min_absolute_pre_activation = smallest;
    }
  }
  return step;
}

void SgdTraining::update(const std::vector<at::Tensor>& gradient, double learning_rate) {
  require_rate(learning_rate, "learning rate");
  // The same operations in the same order as torch.optim.SGD, so that LibTorch's kernels give the same bits.
  const bool first = momentum_.empty();
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    at::Tensor parameter = weights_.parameters()[i];
    at::Tensor direction = gradient[i];
    if (options_.weight_decay != 0) {
      direction = at::add(direction, parameter, options_.weight_decay);
      arithmetic_.round_result(direction);
    }
    if (options_.momentum != 0) {
      if (first) {
        momentum_.push_back(direction.clone());
      } else {
        momentum_[i].mul_(options_.momentum);
        arithmetic_.round_result(momentum_[i]);
        momentum_[i].add_(direction);
        arithmetic_.round_result(momentum_[i]);
      }
      direction = momentum_[i];
    }
    parameter.add_(direction, -learning_rate);
    arithmetic_.round_result(parameter);
  }
  weights_.parameters_changed(arithmetic_);
  forward_.set_weights(weights_);
}

bool SgdTraining::same_state(const SgdTraining& other) const {
  return std::equal(parameters().begin(), parameters().end(), other.parameters().begin(), same_bits) &&
         std::equal(momentum_.begin(), momentum_.end(), other.momentum_.begin(), other.momentum_.end(),
                    same_bits);
}

Weights SgdTraining::weights() const {
  Weights result{.parameters = {}, .buffers = buffers_};
  for (std::size_t i = 0; i < network_->parameters().size(); ++i) {
    const TensorSpec& spec = network_->parameters()[i];
    result.parameters.push_back({spec.name, spec.shape, to_values(parameters()[i])});
  }
  return result;
}

}  // namespace relu0
