#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/operations/node.hpp"

/// Pools over n × channels × height × width.
namespace relu0::operations {

/// Keeps the index of each window's first maximum in row-major order.
NodeResult max_pool(const MaxPool& pool, const at::Tensor& x);
/// An input that is the maximum of several windows gets the sum of their gradients, rounded once.
at::Tensor max_pool_gradient(const Arithmetic& arithmetic, const MaxPool& pool, const at::Tensor& gradient,
                             const at::Tensor& x, const std::vector<at::Tensor>& kept);

at::Tensor average_pool(const Arithmetic& arithmetic, const AveragePool& pool, const at::Tensor& x);
at::Tensor average_pool_gradient(const Arithmetic& arithmetic, const AveragePool& pool,
                                 const at::Tensor& gradient, const at::Tensor& x);

at::Tensor adaptive_average_pool(const Arithmetic& arithmetic, const AdaptiveAveragePool& pool,
                                 const at::Tensor& x);
at::Tensor adaptive_average_pool_gradient(const Arithmetic& arithmetic, const AdaptiveAveragePool& pool,
                                          const at::Tensor& gradient, const at::Tensor& x);

}  // namespace relu0::operations
