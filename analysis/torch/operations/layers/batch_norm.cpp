#include "analysis/torch/operations/layers/batch_norm.hpp"

#include <ATen/ops/_batch_norm_impl_index.h>
#include <ATen/ops/_batch_norm_impl_index_backward.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/scalar_tensor.h>

namespace relu0::operations {

namespace {

/// Running mean and variance; undefined in training mode, whose results do not depend on them.
struct Statistics {
  at::Tensor mean;
  at::Tensor variance;
  bool training;
};

Statistics statistics(const BatchNorm& norm, std::span<const at::Tensor> buffers) {
  if (norm.statistics == BatchStatistics::of_mini_batch) {
    return {{}, {}, true};
  }
  return {buffers[0], buffers[1], false};
}

/// What a batch-norm's backward pass needs of its forward pass, as NodeResult::kept holds it.
struct Kept {
  enum : std::size_t {
    mean,
    inverse_deviation,
    cudnn_memory,  ///< cuDNN's own intermediate results; empty where another library computes
    backend,       ///< LibTorch's number of the library that computes: int64, on the CPU
  };
};

/// On CUDA LibTorch chooses between cuDNN and its own kernels, whose bits differ. From 2.3 on
/// at::batch_norm() follows the process's setting alone and not its last argument, so that is the setting
/// here too.
constexpr bool cudnn_enabled = true;

/// The input's gradient where `of_input`, otherwise an undefined tensor; those of γ and β go into
/// gradients.parameters.
at::Tensor backward(const BatchNorm& norm, const NodeCall& call, const NodeGradients& gradients,
                    bool of_input) {
  const auto [running_mean, running_variance, training] = statistics(norm, call.weights.buffers);
  const std::vector<at::Tensor>& kept = gradients.kept;
  // cuDNN may write into its memory, and another backward pass may follow.
  auto [input, weight, bias] = at::_batch_norm_impl_index_backward(
      kept[Kept::backend].item<std::int64_t>(), call.x(), gradients.gradient, call.weights.parameters[0],
      running_mean, running_variance, kept[Kept::mean], kept[Kept::inverse_deviation], training, norm.epsilon,
      {of_input, true, true}, kept[Kept::cudnn_memory].clone());
  call.arithmetic().round_result(weight);
  call.arithmetic().round_result(bias);
  gradients.parameters = {weight, bias};
  if (!of_input) {
    return {};
  }
  at::Tensor result = input.contiguous();
  call.arithmetic().round_result(result);
  return result;
}

}  // namespace

NodeResult forward(const BatchNorm& norm, const NodeCall& call, NodeMemory& /*memory*/) {
  auto [running_mean, running_variance, training] = statistics(norm, call.weights.buffers);
  double momentum = 0;
  if (training && call.pass.running != nullptr) {
    RunningStatistics::OfNode& running = call.pass.running->nodes.at(call.node);
    running_mean = running.mean;
    running_variance = running.variance;
    momentum = call.pass.running->momentum;
  }
  auto [output, mean, inverse_deviation, cudnn_memory, backend] = at::_batch_norm_impl_index(
      call.x(), call.weights.parameters[0], call.weights.parameters[1], running_mean, running_variance,
      training, momentum, norm.epsilon, cudnn_enabled);
  if (momentum != 0) {
    call.arithmetic().round_result(running_mean);
    call.arithmetic().round_result(running_variance);
  }
  at::Tensor result = output.contiguous();
  call.arithmetic().round_result(result);
  return {result, {mean, inverse_deviation, cudnn_memory, at::scalar_tensor(backend, at::kLong)}};
}

std::vector<at::Tensor> input_gradients(const BatchNorm& norm, const NodeCall& call,
                                        const NodeGradients& gradients) {
  return {backward(norm, call, gradients, /*of_input=*/true)};
}

void parameter_gradient(const BatchNorm& norm, const NodeCall& call, const NodeGradients& gradients,
                        std::size_t /*which*/) {
  backward(norm, call, gradients, /*of_input=*/false);
}

at::Tensor by_autograd(const BatchNorm& norm, const AutogradCall& call) {
  const auto [running_mean, running_variance, training] = statistics(norm, call.buffers);
  return at::batch_norm(call.x(), call.parameters[0], call.parameters[1], running_mean, running_variance,
                        training, /*momentum=*/0.1, norm.epsilon, cudnn_enabled);
}

}  // namespace relu0::operations
