#include "reference/operations/layers/repeated_parameter.hpp"

#include "fixtures/network/operations/layers/broadcast.hpp"

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

}  // namespace relu0::reference
