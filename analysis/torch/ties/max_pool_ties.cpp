#include "analysis/torch/ties/max_pool_ties.hpp"

#include "analysis/torch/operations/image_padding.hpp"

#include <limits>

#include <ATen/TensorOperators.h>
#include <ATen/ops/any.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/isnan.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

namespace relu0 {

namespace {

constexpr double no_value = -std::numeric_limits<double>::infinity();

/// Images with padding around them, so that every window lies within.
at::Tensor padded(const Window& window, const at::Tensor& x, const at::Tensor& output, double value) {
  return operations::padded_to_cover(window, x, value, output.size(2), output.size(3));
}

using Elements = std::function<at::Tensor(const at::Tensor&)>;

/// Calls body(elements) for each place of the window in row-major order; elements(padded) is what stands
/// there in every window, of the output's shape.
void for_each_tap(const Window& window, at::IntArrayRef output,
                  const std::function<void(const Elements&)>& body) {
  const auto slice = [&](const at::Tensor& image, std::size_t axis, std::int64_t place) {
    const std::int64_t begin = place * window.dilation[axis];
    return image.slice(static_cast<std::int64_t>(axis) + 2, begin,
                       begin + (output[axis + 2] - 1) * window.stride[axis] + 1, window.stride[axis]);
  };
  for (std::int64_t row = 0; row < window.kernel[0]; ++row) {
    for (std::int64_t column = 0; column < window.kernel[1]; ++column) {
      body([&](const at::Tensor& image) { return slice(slice(image, 0, row), 1, column); });
    }
  }
}

/// Where windows hold their maximum.
class Maxima {
 public:
  Maxima(const Window& window, const at::Tensor& x, const at::Tensor& output)
      : x_(padded(window, x, output, no_value)), output_(output) {
    if (x_.sizes() != x.sizes()) {
      in_image_ =
          padded(window, at::ones({1, 1, x.size(2), x.size(3)}, x.options().dtype(at::kBool)), output, 0);
    }
    if (const at::Tensor nan = output.isnan(); nan.any().item<bool>()) {
      output_is_nan_ = nan;
    }
  }

  /// Whether the element is the maximum of its window, for each window. NaN is the maximum of a window that
  /// holds one. The padding never is, whatever is in the image.
  [[nodiscard]] at::Tensor stand_at(const Elements& elements) const {
    const at::Tensor element = elements(x_);
    at::Tensor result = element.eq(output_);
    if (output_is_nan_.defined()) {
      result.logical_or_(element.isnan().logical_and_(output_is_nan_));
    }
    return in_image_.defined() ? result.logical_and_(elements(in_image_)) : result;
  }

 private:
  at::Tensor x_;
  at::Tensor in_image_;  ///< undefined where nothing is padded
  at::Tensor output_;
  at::Tensor output_is_nan_;  ///< undefined where no element is NaN
};

}  // namespace

at::Tensor count_maxima(const Window& window, const at::Tensor& x, const at::Tensor& output) {
  const Maxima places(window, x, output);
  at::Tensor count = at::zeros_like(output);
  for_each_tap(window, output.sizes(), [&](const Elements& elements) { count += places.stand_at(elements); });
  return count;
}

at::Tensor last_maxima(const Window& window, const at::Tensor& x, const at::Tensor& output) {
  const Maxima maxima(window, x, output);
  const at::Tensor numbers =
      at::arange(x.size(2) * x.size(3), x.options().dtype(at::kLong)).view({1, 1, x.size(2), x.size(3)});
  const at::Tensor places = padded(window, numbers, output, -1);
  at::Tensor last = at::full_like(output, -1, output.options().dtype(at::kLong));
  for_each_tap(window, output.sizes(), [&](const Elements& elements) {
    last = at::where(maxima.stand_at(elements), elements(places), last);
  });
  return last;
}

at::Tensor gradient_of_ties(const Window& window, const at::Tensor& x, const at::Tensor& output,
                            const at::Tensor& gradient, TieChoice choice,
                            const std::function<void(at::Tensor&)>& round) {
  const Maxima places(window, x, output);
  at::Tensor share = gradient;
  at::Tensor left = count_maxima(window, x, output);
  if (choice == TieChoice::mean) {
    share = gradient / left;
    round(share);
  }
  at::Tensor sums = at::zeros_like(padded(window, x, output, 0));
  for_each_tap(window, output.sizes(), [&](const Elements& elements) {
    at::Tensor gets = places.stand_at(elements);
    if (choice == TieChoice::last) {
      left -= gets.to(left.scalar_type());
      gets = gets.logical_and(left.eq(0));
    }
    elements(sums).add_(share.masked_fill(gets.logical_not(), 0));
  });
  at::Tensor result = operations::without_padding(window, sums, x).contiguous();
  round(result);
  return result;
}

}  // namespace relu0
