#pragma once
#include "fixtures/models/imported_model.hpp"
#include "reference/pass/backprop.hpp"

#include <optional>
#include <string_view>

namespace relu0::gate {

/// The reference's gradient with respect to a tensor of the model, in its orientation: the sum over all nodes
/// that use it. `name`: an ImportedTensor::source, or "input …" for the input. Absent where no node uses a
/// tensor of that name.
std::optional<reference::Tensor> gradient_of(const ImportedModel& model, const reference::Backprop& run,
                                             std::string_view name);

}  // namespace relu0::gate
