#include "reference/operations/pooling/average_pool_layer.hpp"

#include "reference/arithmetic/real.hpp"
#include "reference/arithmetic/sum.hpp"

namespace relu0::reference {

LayerOutput AveragePoolLayer::forward(const LayerInputs& inputs) {
  Tensor output = new_output();
  const bool exact = for_each_plane([&](std::int64_t plane) {
    Real total(context_.bits + guard_bits);
    for_each_output(plane, [&](std::int64_t i) {
      sum(total, *inputs[0], elements_of(i));
      mpfr_div_si(output.slot(i), total, window_of(i).area, MPFR_RNDN);
    });
  });
  return {std::move(output), exact};
}

LayerGradients AveragePoolLayer::backward(const LayerInputs& inputs, const Tensor& output_gradient) {
  return gather(inputs, [&](std::int64_t output, Tensor& sums) {
    Real share(context_.bits + guard_bits);
    mpfr_div_si(share, output_gradient[output], window_of(output).area, MPFR_RNDN);
    const std::int64_t plane_start = plane_of(output) * plane_in_;
    for (const std::int64_t element : elements_of(output)) {
      Tensor::Slot sum = sums.slot(element - plane_start);
      mpfr_add(sum, sum, share, MPFR_RNDN);
    }
  });
}

}  // namespace relu0::reference
