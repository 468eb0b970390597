#include "reference/operations/pooling/average_pool_layer.hpp"

#include "reference/arithmetic/ball.hpp"
#include "reference/arithmetic/sum.hpp"

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
  return {.values = std::move(output)};
}

LayerGradients AveragePoolLayer::backward(const LayerInputs& inputs, const Tensor& output_gradient) {
  return gather(inputs, [&](std::int64_t output, Tensor& sums) {
    Ball share(context_.bits + guard_bits);
    share.radius = ball::divide(share.midpoint, output_gradient[output], window_of(output).area);
    const std::int64_t plane_start = plane_of(output) * plane_in_;
    for (const std::int64_t element : elements_of(output)) {
      add_to(sums, element - plane_start, share);
    }
  });
}

}  // namespace relu0::reference
