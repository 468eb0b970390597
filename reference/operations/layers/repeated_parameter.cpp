#include "reference/operations/layers/repeated_parameter.hpp"

#include "fixtures/network/operations/layers/broadcast.hpp"
#include "reference/arithmetic/ball.hpp"
#include "reference/arithmetic/sum.hpp"

namespace relu0::reference {

RepeatedParameter::RepeatedParameter(const Shape& shape, const LayerContext& context)
    : elements_(static_cast<std::size_t>(element_count(shape))) {
  const std::int64_t count = element_count(context.output_shape);
  for (std::int64_t i = 0; i < count; ++i) {
    of_element_.push_back(broadcast_element(shape, context.output_shape, i));
  }
  for (std::int64_t i = 0; i < context.batch * count; ++i) {
    elements_[static_cast<std::size_t>(of_element(i))].push_back(i);
  }
}

Tensor RepeatedParameter::gradient(int bits, const Tensor& parameter,
                                   const std::function<void(Ball& total, const Offsets& met)>& add_up) const {
  Tensor result(bits, parameter.shape());
  Ball total(bits + guard_bits);
  for (std::int64_t element = 0; element < result.size(); ++element) {
    add_up(total, elements_[static_cast<std::size_t>(element)]);
    result.set_radius(element, ball::set(result.slot(element), total));
  }
  return result;
}

}  // namespace relu0::reference
