#include "analysis/training/stepwise_training.hpp"

#include "analysis/torch/same_bits.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <ATen/TensorOperators.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

namespace relu0 {

namespace {

/// min |x|; NaN when one is NaN.
double min_absolute(const at::Tensor& x) { return x.abs().min().item<double>(); }

/// The same of all ReLU inputs that the pass evaluated.
double min_absolute_pre_activation(const ForwardPass& forward) {
  double result = std::numeric_limits<double>::infinity();
  for (const std::size_t relu : forward.network().nodes_with(Kink::relu)) {
    const double smallest = min_absolute(forward.input_of(relu));
    if (std::isnan(smallest) || smallest < result) {
      result = smallest;
    }
  }
  return result;
}

const StepOptions& checked(const StepOptions& options, const Arithmetic& arithmetic) {
  if (options.loss_scaling) {
    check(*options.loss_scaling);
    if (!arithmetic.narrow()) {
      throw InputError(fmt::format("loss scaling at {}: it is for passes at 16 bits, fp16 or bf16",
                                   name(arithmetic.precision())));
    }
  }
  return options;
}

/// The arithmetic in which θ is held.
Arithmetic holding(const Arithmetic& passes, const StepOptions& options) {
  return options.loss_scaling ? Arithmetic(Precision::fp32, passes.device()) : passes;
}

bool same(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_bits);
}

/// Mean 0 and variance 1 for each batch-norm that gathers statistics.
std::shared_ptr<RunningStatistics> fresh_statistics(const Network& network, const Arithmetic& arithmetic) {
  auto result = std::make_shared<RunningStatistics>();
  for (std::size_t i = 0; i < network.nodes().size(); ++i) {
    const auto* norm = std::get_if<BatchNorm>(&network.nodes()[i].operation);
    if (norm != nullptr && norm->statistics == BatchStatistics::of_mini_batch) {
      result->nodes[i] = {at::zeros({norm->features}, arithmetic.options()),
                          at::ones({norm->features}, arithmetic.options())};
    }
  }
  return result;
}

std::vector<TypedValues> values_of(const std::vector<at::Tensor>& tensors) {
  std::vector<TypedValues> result;
  std::transform(tensors.begin(), tensors.end(), std::back_inserter(result), to_values);
  return result;
}

/// Tensors of these shapes and values. Throws InputError where they are not as many.
std::vector<at::Tensor> to_tensors(const std::vector<TypedValues>& values, const std::vector<Shape>& shapes,
                                   const char* what, const Arithmetic& arithmetic) {
  if (values.size() != shapes.size()) {
    throw InputError(
        fmt::format("a training's state has {} tensors of {}, not {}", values.size(), what, shapes.size()));
  }
  std::vector<at::Tensor> result;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (static_cast<std::int64_t>(values[i].size()) != element_count(shapes[i])) {
      throw InputError(fmt::format("a training's state has {} values in tensor {} of {}, not {}",
                                   values[i].size(), i, what, element_count(shapes[i])));
    }
    result.push_back(to_tensor({{}, shapes[i], values[i]}, arithmetic));
  }
  return result;
}

}  // namespace

StepwiseTraining::StepwiseTraining(const Network& network, const Arithmetic& arithmetic,
                                   const StepOptions& options)
    : network_(&network),
      arithmetic_(arithmetic),
      held_(holding(arithmetic, options)),
      options_(checked(options, arithmetic)),
      forward_(network, arithmetic),
      optimizer_(options.optimizer, held_) {}

void StepwiseTraining::use(std::shared_ptr<RunningStatistics> running) {
  running_ = std::move(running);
  forward_.set_running_statistics(running_);
}

void StepwiseTraining::set_weights(const Weights& weights) {
  weights_ = {*network_, weights, arithmetic_};
  master_.clear();
  if (is_mixed()) {
    for (const TensorValues& parameter : weights.parameters) {
      master_.push_back(to_tensor(parameter, held_));
    }
    loss_scale_ = {.scale = options_.loss_scaling->initial};
  }
  buffers_ = weights.buffers;
  optimizer_.reset();
  step_ = 0;
  use(fresh_statistics(*network_, arithmetic_));
  forward_.set_weights(weights_);
}

StepwiseTraining StepwiseTraining::fork() const {
  StepwiseTraining result(*network_, arithmetic_, options_);
  result.weights_ = weights_.clone(arithmetic_);
  for (const at::Tensor& tensor : master_) {
    result.master_.push_back(tensor.clone());
  }
  result.buffers_ = buffers_;
  result.step_ = step_;
  result.loss_scale_ = loss_scale_;
  result.optimizer_ = optimizer_.fork();
  auto running = std::make_shared<RunningStatistics>(*running_);
  for (auto& [node, statistics] : running->nodes) {
    statistics = {statistics.mean.clone(), statistics.variance.clone()};
  }
  result.use(std::move(running));
  result.forward_.set_weights(result.weights_);
  return result;
}

TrainingStep StepwiseTraining::forward(const BatchTensors& batch) {
  TrainingStep step;
  forward_.set_dropout({options_.dropout_seed, step_++});
  forward_.set_loss_gradient(loss_scale_.scale);
  const KinkCensus& census = forward_.run(batch.inputs);
  forward_.complete(batch.labels);
  step.loss = forward_.outputs().back().item<double>();
  for (const KinkHits& relu : census.kinks) {
    step.zeros.push_back(relu.total);
    step.relu_inputs += forward_.input_of(relu.node).numel();
  }
  if (options_.smallest_pre_activation) {
    step.min_absolute_pre_activation = min_absolute_pre_activation(forward_);
  }
  return step;
}

std::vector<at::Tensor> StepwiseTraining::unscaled(std::vector<at::Tensor> gradient) const {
  for (at::Tensor& of_parameter : gradient) {
    of_parameter = of_parameter.to(held_.options()) / loss_scale_.scale;
  }
  return gradient;
}

std::vector<at::Tensor> StepwiseTraining::update(std::vector<at::Tensor> gradient, double learning_rate) {
  require_rate(learning_rate, "learning rate");
  if (is_mixed()) {
    const bool finite = std::all_of(gradient.begin(), gradient.end(), [](const at::Tensor& of_parameter) {
      return at::isfinite(of_parameter).all().item<bool>();
    });
    gradient = finite ? unscaled(std::move(gradient)) : std::vector<at::Tensor>();
    note_step(*options_.loss_scaling, finite, loss_scale_);
    if (!finite) {
      return gradient;
    }
  }
  optimizer_.update(parameters(), gradient, learning_rate);
  theta_changed();
  return gradient;
}

void StepwiseTraining::theta_changed() {
  for (std::size_t i = 0; i < master_.size(); ++i) {
    at::Tensor rounded = weights_.parameters()[i];
    rounded.copy_(master_[i]);
    arithmetic_.round_result(rounded);
  }
  weights_.parameters_changed(arithmetic_);
  forward_.set_weights(weights_);
}

const std::vector<at::Tensor>& StepwiseTraining::parameters() const {
  return is_mixed() ? master_ : weights_.parameters();
}

bool StepwiseTraining::same_state(const StepwiseTraining& other) const {
  return same(parameters(), other.parameters()) && same(optimizer_.memory(), other.optimizer_.memory()) &&
         std::equal(running_->nodes.begin(), running_->nodes.end(), other.running_->nodes.begin(),
                    other.running_->nodes.end(), [](const auto& a, const auto& b) {
                      return same_bits(a.second.mean, b.second.mean) &&
                             same_bits(a.second.variance, b.second.variance);
                    });
}

Weights StepwiseTraining::weights() const {
  Weights result{.parameters = {}, .buffers = buffers_};
  for (std::size_t i = 0; i < network_->parameters().size(); ++i) {
    const TensorSpec& spec = network_->parameters()[i];
    result.parameters.push_back({spec.name, spec.shape, to_values(parameters()[i])});
  }
  return result;
}

TrainingState StepwiseTraining::state() const {
  TrainingState state{.steps = steps(),
                      .optimizer_steps = optimizer_.steps(),
                      .loss_scale = loss_scale_,
                      .parameters = values_of(parameters()),
                      .memory = values_of(optimizer_.memory()),
                      .statistics = {}};
  for (const auto& [node, statistics] : running_->nodes) {
    state.statistics.push_back(to_values(statistics.mean));
    state.statistics.push_back(to_values(statistics.variance));
  }
  return state;
}

void StepwiseTraining::restore(const TrainingState& state) {
  std::vector<Shape> shapes;
  for (const TensorSpec& spec : network_->parameters()) {
    shapes.push_back(spec.shape);
  }
  std::vector<Shape> of_memory;
  for (std::size_t i = 0; state.optimizer_steps > 0 && i < optimizer_.memory_size(shapes.size()); ++i) {
    of_memory.push_back(shapes[i % shapes.size()]);
  }
  auto running = fresh_statistics(*network_, arithmetic_);
  std::vector<Shape> of_statistics;
  for (const auto& [node, statistics] : running->nodes) {
    of_statistics.insert(of_statistics.end(), 2, Shape{statistics.mean.numel()});
  }
  std::vector<at::Tensor> parameters = to_tensors(state.parameters, shapes, "parameters", held_);
  std::vector<at::Tensor> memory = to_tensors(state.memory, of_memory, "the optimizer", held_);
  const std::vector<at::Tensor> statistics =
      to_tensors(state.statistics, of_statistics, "batch statistics", arithmetic_);
  std::size_t next = 0;
  for (auto& [node, of_node] : running->nodes) {
    of_node.mean = statistics[next++];
    of_node.variance = statistics[next++];
  }
  if (is_mixed()) {
    master_ = std::move(parameters);
  } else {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      at::Tensor parameter = weights_.parameters()[i];
      parameter.copy_(parameters[i]);
    }
  }
  optimizer_.restore(state.optimizer_steps, std::move(memory));
  loss_scale_ = state.loss_scale;
  step_ = static_cast<std::uint64_t>(state.steps);
  use(std::move(running));
  theta_changed();
}

}  // namespace relu0
