#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/arithmetic.hpp"
#include "fixtures/network/operation.hpp"
#include "fixtures/network/relu_at_zero.hpp"

#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

/// Forward and backward of each operation in one Arithmetic. The kernels are the ones that LibTorch's
/// autograd calls for the same operation (same operands, layouts and order), so that gradients agree with it
/// bit for bit; in an emulated arithmetic each result is rounded once.
namespace relu0::operations {

/// A node's tensors of θ, in the order of its TensorSpecs.
struct NodeWeights {
  std::span<const at::Tensor> parameters;
  std::span<const at::Tensor> operands;  ///< the parameters as products see them (Arithmetic::operand)
  std::span<const at::Tensor> buffers;
};

/// One node of a network with all that its operation reads. Refers to what it is made of.
struct NodeCall {
  const Arithmetic& arithmetic;
  const Operation& operation;
  std::span<const at::Tensor> inputs;  ///< n × shape of each input node
  NodeWeights weights;
  at::Tensor labels;  ///< n int64, for the loss only
  ReluAtZero relu_at_zero;
};

/// A node's output, contiguous, and what only its backward pass needs.
struct NodeResult {
  at::Tensor output;
  std::vector<at::Tensor> kept;
};

/// `reusable`: a tensor of the output's shape that may be overwritten with it, or an undefined one.
NodeResult forward(const NodeCall& call, at::Tensor reusable = {});

/// d loss / d input, the same for both inputs of an Add. Parameter gradients that are a by-product are put
/// into `parameter_gradients` (one place per parameter of the node). `gradient`: d loss / d output; undefined
/// for the loss.
at::Tensor input_gradient(const NodeCall& call, const std::vector<at::Tensor>& kept,
                          const at::Tensor& gradient, std::vector<at::Tensor>& parameter_gradients);

/// Computes the node's parameter gradient `which`, and those that are a by-product of it, into
/// `parameter_gradients`.
void compute_parameter_gradient(const NodeCall& call, const std::vector<at::Tensor>& kept,
                                const at::Tensor& gradient, std::size_t which,
                                std::vector<at::Tensor>& parameter_gradients);

}  // namespace relu0::operations
