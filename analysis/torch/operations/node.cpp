#include "analysis/torch/operations/node.hpp"

#include "analysis/torch/operations/add.hpp"
#include "analysis/torch/operations/batch_norm.hpp"
#include "analysis/torch/operations/convolution.hpp"
#include "analysis/torch/operations/cross_entropy.hpp"
#include "analysis/torch/operations/linear.hpp"
#include "analysis/torch/operations/pooling.hpp"
#include "analysis/torch/operations/relu.hpp"

#include <stdexcept>

namespace relu0::operations {

namespace {

[[noreturn]] void refuse(const char* what) { throw std::logic_error(what); }

/// Without a default: an operation that is not handled does not compile.
struct Forward {
  const NodeCall& call;
  at::Tensor& reusable;

  [[nodiscard]] const at::Tensor& x() const { return call.inputs.front(); }

  NodeResult operator()(const Input& /*unused*/) const { refuse("an Input computes nothing"); }
  NodeResult operator()(const Linear& /*unused*/) const {
    return {linear(call.arithmetic, x(), call.weights, std::move(reusable)), {}};
  }
  NodeResult operator()(const Convolution& convolution) const {
    return {convolve(call.arithmetic, convolution, x(), call.weights), {}};
  }
  NodeResult operator()(const BatchNorm& norm) const {
    return batch_norm(call.arithmetic, norm, x(), call.weights);
  }
  NodeResult operator()(const Relu& /*unused*/) const { return {x().clamp_min(0), {}}; }
  NodeResult operator()(const MaxPool& pool) const { return max_pool(pool, x()); }
  NodeResult operator()(const AveragePool& pool) const {
    return {average_pool(call.arithmetic, pool, x()), {}};
  }
  NodeResult operator()(const AdaptiveAveragePool& pool) const {
    return {adaptive_average_pool(call.arithmetic, pool, x()), {}};
  }
  NodeResult operator()(const Add& /*unused*/) const {
    return {add(call.arithmetic, call.inputs[0], call.inputs[1]), {}};
  }
  NodeResult operator()(const Flatten& /*unused*/) const { return {x().flatten(1), {}}; }
  NodeResult operator()(const SoftmaxCrossEntropy& /*unused*/) const {
    return cross_entropy(call.arithmetic, x(), call.labels);
  }
};

struct InputGradient {
  const NodeCall& call;
  const std::vector<at::Tensor>& kept;
  const at::Tensor& gradient;
  std::vector<at::Tensor>& parameter_gradients;

  [[nodiscard]] const at::Tensor& x() const { return call.inputs.front(); }

  at::Tensor operator()(const Input& /*unused*/) const { refuse("an Input has no inputs"); }
  at::Tensor operator()(const Linear& /*unused*/) const {
    return linear_input_gradient(call.arithmetic, gradient, call.weights).view(x().sizes());
  }
  at::Tensor operator()(const Convolution& convolution) const {
    return convolution_input_gradient(call.arithmetic, convolution, gradient, x(), call.weights);
  }
  at::Tensor operator()(const BatchNorm& norm) const {
    return batch_norm_gradients(call.arithmetic, norm, gradient, x(), call.weights, kept,
                                /*of_input=*/true, parameter_gradients);
  }
  at::Tensor operator()(const Relu& /*unused*/) const {
    return relu_gradient(call.arithmetic, gradient, x(), call.relu_at_zero);
  }
  at::Tensor operator()(const MaxPool& pool) const {
    return max_pool_gradient(call.arithmetic, pool, gradient, x(), kept);
  }
  at::Tensor operator()(const AveragePool& pool) const {
    return average_pool_gradient(call.arithmetic, pool, gradient, x());
  }
  at::Tensor operator()(const AdaptiveAveragePool& pool) const {
    return adaptive_average_pool_gradient(call.arithmetic, pool, gradient, x());
  }
  at::Tensor operator()(const Add& /*unused*/) const { return gradient; }
  at::Tensor operator()(const Flatten& /*unused*/) const { return gradient.view(x().sizes()); }
  at::Tensor operator()(const SoftmaxCrossEntropy& /*unused*/) const {
    return cross_entropy_gradient(call.arithmetic, kept, call.labels);
  }
};

struct ParameterGradient {
  const NodeCall& call;
  const std::vector<at::Tensor>& kept;
  const at::Tensor& gradient;
  std::size_t which;
  std::vector<at::Tensor>& results;

  [[nodiscard]] const at::Tensor& x() const { return call.inputs.front(); }

  void operator()(const Linear& /*unused*/) const {
    results[which] = which == 0 ? linear_weight_gradient(call.arithmetic, gradient, x())
                                : linear_bias_gradient(call.arithmetic, gradient);
  }
  void operator()(const Convolution& convolution) const {
    results = convolution_parameter_gradients(call.arithmetic, convolution, gradient, x(), call.weights);
  }
  void operator()(const BatchNorm& norm) const {
    batch_norm_gradients(call.arithmetic, norm, gradient, x(), call.weights, kept, /*of_input=*/false,
                         results);
  }
  void operator()(const Input& /*unused*/) const { none(); }
  void operator()(const Relu& /*unused*/) const { none(); }
  void operator()(const MaxPool& /*unused*/) const { none(); }
  void operator()(const AveragePool& /*unused*/) const { none(); }
  void operator()(const AdaptiveAveragePool& /*unused*/) const { none(); }
  void operator()(const Add& /*unused*/) const { none(); }
  void operator()(const Flatten& /*unused*/) const { none(); }
  void operator()(const SoftmaxCrossEntropy& /*unused*/) const { none(); }

  [[noreturn]] static void none() { refuse("an operation without parameters has no gradient of one"); }
};

}  // namespace

NodeResult forward(const NodeCall& call, at::Tensor reusable) {
  return std::visit(Forward{call, reusable}, call.operation);
}

at::Tensor input_gradient(const NodeCall& call, const std::vector<at::Tensor>& kept,
                          const at::Tensor& gradient, std::vector<at::Tensor>& parameter_gradients) {
  return std::visit(InputGradient{call, kept, gradient, parameter_gradients}, call.operation);
}

void compute_parameter_gradient(const NodeCall& call, const std::vector<at::Tensor>& kept,
                                const at::Tensor& gradient, std::size_t which,
                                std::vector<at::Tensor>& parameter_gradients) {
  std::visit(ParameterGradient{call, kept, gradient, which, parameter_gradients}, call.operation);
}

}  // namespace relu0::operations
