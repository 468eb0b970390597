#pragma once
#include "analysis/autograd/kinked_call.hpp"
#include "fixtures/network/operations/window.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/col2im.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/im2col.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

namespace relu0 {

namespace autograd {

/// The windows of images, n × channels × height × width, that a max-pool gave `height` × `width` outputs for,
/// laid out as n × channels × places of the window in row-major order × windows.
class PooledWindows {
 public:
  PooledWindows(const Window& window, const at::Tensor& x, const at::Tensor& output)
      : window_(window), x_(x), output_(output) {
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const auto dimension = static_cast<std::int64_t>(axis) + 2;
      const std::int64_t covered = (output.size(dimension) - 1) * window.stride[axis] + window.span(axis);
      end_[axis] = std::max<std::int64_t>(covered - x.size(dimension) - window.padding[axis], 0);
    }
  }

  /// Where windows hold their maximum; true for NaN where that is the maximum. The padding never holds it.
  [[nodiscard]] at::Tensor maxima() const {
    const at::Tensor elements = unfolded(x_, -std::numeric_limits<double>::infinity());
    const at::Tensor output =
        output_.reshape({output_.size(0), output_.size(1), 1, output_.size(2) * output_.size(3)});
    at::Tensor result = elements.eq(output).logical_or(elements.ne(elements).logical_and(output.ne(output)));
    if (window_.padding != std::array<std::int64_t, 2>{0, 0} || end_ != std::array<std::int64_t, 2>{0, 0}) {
      result = result.logical_and(unfolded(at::ones({1, 1, x_.size(2), x_.size(3)}, x_.options()), 0).ne(0));
    }
    return result;
  }

  /// The images in which each element is the sum of what its places in the windows hold, which are added in
  /// the order of the places.
  [[nodiscard]] at::Tensor folded(const at::Tensor& places) const {
    const std::array<std::int64_t, 2> padded{x_.size(2) + window_.padding[0] + end_[0],
                                             x_.size(3) + window_.padding[1] + end_[1]};
    return at::col2im(places.reshape({x_.size(0), x_.size(1) * places.size(2), places.size(3)}), padded,
                      window_.kernel, window_.dilation, no_padding, window_.stride)
        .slice(2, window_.padding[0], window_.padding[0] + x_.size(2))
        .slice(3, window_.padding[1], window_.padding[1] + x_.size(3));
  }

 private:
  static constexpr std::array<std::int64_t, 2> no_padding{0, 0};

  [[nodiscard]] at::Tensor unfolded(const at::Tensor& images, double padding) const {
    const std::array<std::int64_t, 4> ends{window_.padding[1], end_[1], window_.padding[0], end_[0]};
    const at::Tensor columns = at::im2col(at::constant_pad_nd(images, ends, padding), window_.kernel,
                                          window_.dilation, no_padding, window_.stride);
    return columns.reshape(
        {images.size(0), images.size(1), window_.kernel[0] * window_.kernel[1], columns.size(2)});
  }

  const Window& window_;
  at::Tensor x_;
  at::Tensor output_;
  std::array<std::int64_t, 2> end_{};  ///< padding below and to the right that windows reach into
};

/// The gradient of x under TieChoice::last or mean.
inline at::Tensor gradient_of_pooled(const Window& window, const at::Tensor& x, const at::Tensor& output,
                                     const at::Tensor& gradient, TieChoice choice) {
  const PooledWindows windows(window, x, output);
  at::Tensor gets = windows.maxima();
  at::Tensor share =
      gradient.reshape({gradient.size(0), gradient.size(1), 1, gradient.size(2) * gradient.size(3)});
  if (choice == TieChoice::mean) {
    share = share / gets.sum({2}, /*keepdim=*/true);
  } else {
    const at::Tensor places =
        at::arange(gets.size(2), gets.options().dtype(at::kLong)).view({1, 1, gets.size(2), 1});
    const at::Tensor held = at::where(gets, places, at::zeros_like(places) - 1);
    gets = gets.logical_and(held.eq(held.amax({2}, /*keepdim=*/true)));
  }
  return windows.folded(share.expand_as(gets).masked_fill(gets.logical_not(), 0));
}

struct MaxPoolFunction : torch::autograd::Function<MaxPoolFunction> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x,
                            const Window& window, TieChoice choice) {
    auto [output, indices] = at::max_pool2d_with_indices(x, window.kernel, window.stride, window.padding,
                                                         window.dilation, window.ceil);
    context->save_for_backward({x, indices});
    const auto save = [context](const char* name, const std::array<std::int64_t, 2>& extents) {
      context->saved_data[name] = std::vector<std::int64_t>(extents.begin(), extents.end());
    };
    save("kernel", window.kernel);
    save("stride", window.stride);
    save("padding", window.padding);
    save("dilation", window.dilation);
    context->saved_data["ceil"] = window.ceil;
    context->saved_data["choice"] = static_cast<std::int64_t>(choice);
    return output;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor x = saved[0].detach();
    const at::Tensor& indices = saved[1];
    const auto extents = [context](const char* name) {
      const auto held = context->saved_data[name].toIntVector();
      return std::array<std::int64_t, 2>{held[0], held[1]};
    };
    const Window window{.kernel = extents("kernel"),
                        .stride = extents("stride"),
                        .padding = extents("padding"),
                        .dilation = extents("dilation"),
                        .ceil = context->saved_data["ceil"].toBool()};
    const auto choice = static_cast<TieChoice>(context->saved_data["choice"].toInt());
    // The indices are those of the first maxima.
    if (choice == TieChoice::first) {
      return {at::max_pool2d_with_indices_backward(gradients.front(), x, window.kernel, window.stride,
                                                   window.padding, window.dilation, window.ceil, indices),
              {},
              {}};
    }
    const at::Tensor output = x.flatten(2).gather(2, indices.flatten(2)).view(indices.sizes());
    return {gradient_of_pooled(window, x, output, gradients.front(), choice), {}, {}};
  }
};

inline at::Tensor max_pool2d(const at::Tensor& x, const Window& window, const KinkChoices* given) {
  const CallOfFunction call("relu0::max_pool2d", x, given);
  if (!window.padded_evenly()) {
    throw InputError(
        "relu0::max_pool2d: the window is padded unevenly, which LibTorch's max_pool2d does not do; pad the "
        "images before and leave Window::padding_end away");
  }
  if (x.dim() != 3 && x.dim() != 4) {
    throw InputError("relu0::max_pool2d: the input is " + type_and_shape(x) +
                     "; give (samples x) channels x height x width");
  }
  const at::Tensor images = x.dim() == 3 ? x.unsqueeze(0) : x;
  at::Tensor output =
      call.choices() == nullptr
          ? at::max_pool2d(images, window.kernel, window.stride, window.padding, window.dilation, window.ceil)
          : MaxPoolFunction::apply(images, window, call.choices()->max_pool);
  call.count(Kink::max_pool_tie,
             [&] { return PooledWindows(window, images.detach(), output.detach()).maxima().sum({2}).gt(1); });
  return x.dim() == 3 ? output.squeeze(0) : output;
}

}  // namespace autograd

/// @name The maximum of each window of images, (samples ×) channels × height × width
/// choices.max_pool says which of several equal maxima of a window get its gradient; `first` is LibTorch's
/// own backward pass, which takes the first on CPUs. What else holds for relu0's functions stands in
/// activations.hpp; second derivatives are defined the same way. Throws InputError also for an uneven padding
/// and for a tensor of another number of dimensions.
/// @{
inline at::Tensor max_pool2d(const at::Tensor& x, const Window& window) {
  return autograd::max_pool2d(x, window, nullptr);
}
inline at::Tensor max_pool2d(const at::Tensor& x, const Window& window, const KinkChoices& choices) {
  return autograd::max_pool2d(x, window, &choices);
}
/// @}

}  // namespace relu0
