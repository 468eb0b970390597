#include "reference/operations/pooling/average_pool_layer.hpp"

#include "reference/arithmetic/ball.hpp"
#include "reference/arithmetic/sum.hpp"

#include <algorithm>

namespace relu0::reference {

LayerOutput AveragePoolLayer::forward(const LayerInputs& inputs) {
  Tensor output = new_output();
  for_each_plane([&](std::int64_t plane) {
    Ball total(context_.bits + guard_bits);
    for_each_output(plane, [&](std::int64_t i) {
      total.radius = sum(total.midpoint, *inputs[0], elements_of(i));
      output.set_radius(i, ball::divide(output.slot(i), total, window_of(i).area));
    });
  });
  // Sums are rounded once, with guard bits.
  output.set_joint_radius(norm() * inputs[0]->joint_radius() + joint_rounding(output) +
                          joint_of_guards(output.size(), max_exponent(*inputs[0])));
  return {.values = std::move(output)};
}

LayerGradients AveragePoolLayer::backward(const LayerInputs& inputs, const Tensor& output_gradient) {
  LayerGradients result = gather(inputs, [&](std::int64_t output, Tensor& sums) {
    Ball share(context_.bits + guard_bits);
    share.radius = ball::divide(share.midpoint, output_gradient[output], window_of(output).area);
    const std::int64_t plane_start = plane_of(output) * plane_in_;
    for (const std::int64_t element : elements_of(output)) {
      add_to(sums, element - plane_start, share);
    }
  });
  Tensor& gradient = result.inputs[0];
  gradient.set_joint_radius(norm() * output_gradient.joint_radius() + joint_rounding(gradient) +
                            joint_of_guards(gradient.size(), max_exponent(output_gradient)));
  return result;
}

Radius AveragePoolLayer::norm() const {
  std::int64_t least = windows_.front().area;
  for (const WindowPosition& window : windows_) {
    least = std::min(least, window.area);
  }
  return Radius::above(static_cast<std::uint64_t>(overlap()), 0).over(least).square_root();
}

}  // namespace relu0::reference
