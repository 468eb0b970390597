#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/arithmetic.hpp"
#include "fixtures/relu_at_zero.hpp"

#include <ATen/ATen.h>

/// Forward and backward of each operation in one Arithmetic. Products are the ones that LibTorch's autograd
/// issues for the same operation (same operands, layouts and order), so that gradients agree with it bit for
/// bit.
namespace relu0::operations {

/// out = x Wᵀ + b. x: n × in, out: n × out, contiguous. The weight is given as an operand
/// (Arithmetic::operand).
void linear(const Arithmetic& arithmetic, at::Tensor& out, const at::Tensor& x,
            const at::Tensor& weight_operand, const at::Tensor& bias);
/// gradient · W
at::Tensor linear_input_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient,
                                 const at::Tensor& weight_operand);
/// gradientᵀ · x
at::Tensor linear_weight_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient,
                                  const at::Tensor& x);
/// Sum over the mini-batch.
at::Tensor linear_bias_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient);

/// A batch-norm's output with the statistics (in binary32, or binary64 at fp64) that its backward pass needs.
struct NormalisedBatch {
  at::Tensor output;
  at::Tensor mean;
  at::Tensor inverse_deviation;
};
NormalisedBatch batch_norm(const Arithmetic& arithmetic, const at::Tensor& x, const at::Tensor& weight,
                           const at::Tensor& bias, double epsilon);

struct BatchNormGradient {
  at::Tensor input;
  at::Tensor weight;
  at::Tensor bias;
};
BatchNormGradient batch_norm_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient,
                                      const at::Tensor& x, const at::Tensor& weight,
                                      const NormalisedBatch& forward, double epsilon);

/// The gradient that passes a ReLU with input x: 0 where x < 0, `gradient` where x > 0 (or NaN), and where x
/// = 0 the rule's value. s = 0 gives +0 under both rules, as LibTorch's own ReLU does, even for an infinite
/// gradient.
at::Tensor relu_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient, const at::Tensor& x,
                         ReluAtZero relu_at_zero);

/// Log-probabilities and the mean cross-entropy, as LibTorch's cross_entropy_loss composes them.
struct Loss {
  at::Tensor log_probabilities;
  at::Tensor value;
  at::Tensor total_weight;
};
Loss cross_entropy(const Arithmetic& arithmetic, const at::Tensor& logits, const at::Tensor& labels);
at::Tensor cross_entropy_gradient(const Arithmetic& arithmetic, const Loss& loss, const at::Tensor& labels);

/// Whether two tensors of one shape and type hold the same bits.
bool same_bits(const at::Tensor& a, const at::Tensor& b);

}  // namespace relu0::operations
