#pragma once
// Private to analysis: includes LibTorch.
#include "fixtures/network/operations/window.hpp"
#include "fixtures/network/tie_choice.hpp"

#include <functional>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// How often each window of x, n × channels × height × width, holds its maximum, which stands in `output`; of
/// the output's shape and type.
at::Tensor count_maxima(const Window& window, const at::Tensor& x, const at::Tensor& output);

/// The place of the last maximum of each window, as max_pool2d_with_indices counts places.
at::Tensor last_maxima(const Window& window, const at::Tensor& x, const at::Tensor& output);

/// The gradient of x under TieChoice::last or mean. Sums run over the places of the window in row-major
/// order. `round` rounds the result of an operation in place.
at::Tensor gradient_of_ties(const Window& window, const at::Tensor& x, const at::Tensor& output,
                            const at::Tensor& gradient, TieChoice choice,
                            const std::function<void(at::Tensor&)>& round);

}  // namespace relu0
