#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/arithmetic.hpp"
#include "fixtures/network/operations/layers/convolution.hpp"
#include "fixtures/network/operations/layers/linear.hpp"

#include <ATen/core/Tensor.h>

/// Linear layers and convolutions by the portable kernels (analysis/kernels), in the order of the
/// arithmetic's kernel. Operands are rounded already where the arithmetic does that; results are rounded to
/// the storage format. All tensors are on the CPU, results contiguous.
namespace relu0::operations {

/// Whether the arithmetic's kernel is one of these.
inline bool uses_portable_kernels(const Arithmetic& arithmetic) {
  return arithmetic.kernel().family == KernelFamily::portable;
}

/// @name A linear layer: n × in_features, weight out_features × in_features; `bias` may be undefined
/// @{
void portable_linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                     const Arithmetic& arithmetic, at::Tensor& out);
at::Tensor portable_linear_input_gradient(const at::Tensor& gradient, const at::Tensor& weight,
                                          const Arithmetic& arithmetic);
/// Terms: the samples, in order.
at::Tensor portable_linear_weight_gradient(const at::Tensor& gradient, const at::Tensor& x,
                                           const Arithmetic& arithmetic);
at::Tensor portable_linear_bias_gradient(const at::Tensor& gradient, const Arithmetic& arithmetic);
/// @}

/// @name A convolution, as analysis/kernels/convolution.hpp describes it
/// @{
at::Tensor portable_convolution(const Convolution& convolution, const at::Tensor& x, const at::Tensor& weight,
                                const at::Tensor& bias, const Arithmetic& arithmetic);
/// x: of which the shape matters only.
at::Tensor portable_convolution_input_gradient(const Convolution& convolution, const at::Tensor& gradient,
                                               const at::Tensor& x, const at::Tensor& weight,
                                               const Arithmetic& arithmetic);
at::Tensor portable_convolution_weight_gradient(const Convolution& convolution, const at::Tensor& gradient,
                                                const at::Tensor& x, const at::Tensor& weight,
                                                const Arithmetic& arithmetic);
at::Tensor portable_convolution_bias_gradient(const Convolution& convolution, const at::Tensor& gradient,
                                              const at::Tensor& x, const Arithmetic& arithmetic);
/// @}

/// Adds a bias to a rounded product (n × features × …) in an operation of its own, and rounds the sum.
void add_bias_last(at::Tensor& product, const at::Tensor& bias, const Arithmetic& arithmetic);

}  // namespace relu0::operations
