#include "analysis/training/optimizer/optimizer.hpp"

#include <cmath>

#include <ATen/ops/add.h>
#include <ATen/ops/zeros_like.h>

namespace relu0 {

Optimizer::Optimizer(OptimizerOptions options, const Arithmetic& arithmetic)
    : options_(options), arithmetic_(arithmetic) {
  check(options_);
}

std::size_t Optimizer::memory_size(std::size_t parameters) const {
  const auto* sgd = std::get_if<SgdOptions>(&options_);
  return sgd == nullptr ? 2 * parameters : sgd->momentum != 0 ? parameters : 0;
}

void Optimizer::update(const std::vector<at::Tensor>& parameters, const std::vector<at::Tensor>& gradient,
                       double learning_rate) {
  require_rate(learning_rate, "learning rate");
  ++steps_;
  if (memory_.empty()) {
    for (std::size_t i = 0; i < memory_size(parameters.size()); ++i) {
      memory_.push_back(at::zeros_like(parameters[i % parameters.size()]));
    }
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    std::visit([&](const auto& options) { update(options, parameters[i], gradient[i], i, learning_rate); },
               options_);
  }
}

void Optimizer::update(const SgdOptions& sgd, at::Tensor parameter, at::Tensor direction, std::size_t index,
                       double rate) {
  if (sgd.weight_decay != 0) {
    direction = at::add(direction, parameter, sgd.weight_decay);
    arithmetic_.round_result(direction);
  }
  if (sgd.momentum != 0) {
    at::Tensor& velocity = memory_[index];
    if (steps_ == 1) {
      velocity.copy_(direction);
    } else {
      velocity.mul_(sgd.momentum);
      arithmetic_.round_result(velocity);
      velocity.add_(direction);
      arithmetic_.round_result(velocity);
    }
    direction = velocity;
  }
  parameter.add_(direction, -rate);
  arithmetic_.round_result(parameter);
}

void Optimizer::update(const AdamOptions& adam, at::Tensor parameter, at::Tensor direction, std::size_t index,
                       double rate) {
  if (adam.weight_decay != 0) {
    direction = at::add(direction, parameter, adam.weight_decay);
    arithmetic_.round_result(direction);
  }
  at::Tensor& mean = memory_[index];
  at::Tensor& square = memory_[memory_.size() / 2 + index];
  mean.mul_(adam.beta1);
  arithmetic_.round_result(mean);
  mean.add_(direction, 1 - adam.beta1);
  arithmetic_.round_result(mean);
  square.mul_(adam.beta2);
  arithmetic_.round_result(square);
  square.addcmul_(direction, direction, 1 - adam.beta2);
  arithmetic_.round_result(square);
  const auto step = static_cast<double>(steps_);
  const double correction1 = 1 - std::pow(adam.beta1, step);
  const double correction2 = 1 - std::pow(adam.beta2, step);
  at::Tensor denominator = square.sqrt();
  arithmetic_.round_result(denominator);
  denominator.div_(std::sqrt(correction2));
  arithmetic_.round_result(denominator);
  denominator.add_(adam.epsilon);
  arithmetic_.round_result(denominator);
  parameter.addcdiv_(mean, denominator, -(rate / correction1));
  arithmetic_.round_result(parameter);
}

void Optimizer::reset() {
  steps_ = 0;
  memory_.clear();
}

Optimizer Optimizer::fork() const {
  Optimizer result = *this;
  for (at::Tensor& tensor : result.memory_) {
    tensor = tensor.clone();
  }
  return result;
}

void Optimizer::restore(std::int64_t steps, std::vector<at::Tensor> memory) {
  steps_ = steps;
  memory_ = std::move(memory);
}

}  // namespace relu0
