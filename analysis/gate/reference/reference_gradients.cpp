#include "analysis/gate/reference/reference_gradients.hpp"

#include <algorithm>

namespace relu0::gate {

namespace {

/// A matrix the other way round.
reference::Tensor transposed(const reference::Tensor& matrix) {
  const std::int64_t rows = matrix.shape()[0];
  const std::int64_t columns = matrix.shape()[1];
  reference::Tensor result(matrix.bits(), {columns, rows});
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column) {
      result.copy_element(column * rows + row, matrix, row * columns + column);
    }
  }
  return result;
}

}  // namespace

std::optional<reference::Tensor> gradient_of(const ImportedModel& model, const reference::Backprop& run,
                                             std::string_view name) {
  if (name.starts_with("input ")) {
    return run.input.copy();
  }
  std::optional<reference::Tensor> sum;
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    if (model.parameters[i].source != name) {
      continue;
    }
    reference::Tensor part =
        model.parameters[i].transposed ? transposed(run.parameters[i]) : run.parameters[i].copy();
    if (!sum) {
      sum = std::move(part);
      continue;
    }
    for (std::int64_t element = 0; element < part.size(); ++element) {
      reference::Tensor::Slot slot = sum->slot(element);
      sum->set_radius(element, reference::ball::add(slot, {slot, sum->radius(element)}, part[element]));
    }
  }
  return sum;
}

}  // namespace relu0::gate
