#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

namespace relu0::operations {

/// Cross-correlation, bias included in the accumulation. x: n × channels × height × width.
at::Tensor convolve(const Arithmetic& arithmetic, const Convolution& convolution, const at::Tensor& x,
                    const NodeWeights& weights);
at::Tensor convolution_input_gradient(const Arithmetic& arithmetic, const Convolution& convolution,
                                      const at::Tensor& gradient, const at::Tensor& x,
                                      const NodeWeights& weights);
/// Of the weight and, where there is one, the bias: LibTorch's kernels compute the two together.
std::vector<at::Tensor> convolution_parameter_gradients(const Arithmetic& arithmetic,
                                                        const Convolution& convolution,
                                                        const at::Tensor& gradient, const at::Tensor& x,
                                                        const NodeWeights& weights);

}  // namespace relu0::operations
