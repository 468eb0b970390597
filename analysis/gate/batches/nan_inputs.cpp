#include "analysis/gate/batches/nan_inputs.hpp"

#include "analysis/gate/batches/failed_batch.hpp"
#include "fixtures/count_text.hpp"

#include <ATen/TensorOperators.h>
#include <fmt/format.h>

namespace relu0::gate {

namespace {

std::int64_t nans_in(const at::Tensor& tensor) {
  const bool may_hold = tensor.defined() && tensor.layout() == at::kStrided && tensor.is_floating_point();
  return may_hold ? tensor.isnan().sum().item<std::int64_t>() : 0;
}

/// "3 of 32 numbers in 'x'", of the first tensor of a mini-batch that holds any; empty for none.
std::string nans_of(const ScriptBatch& batch, std::span<const std::string> arguments) {
  const auto phrase = [](const at::Tensor& tensor, const std::string& name) {
    const std::int64_t nans = nans_in(tensor);
    return nans == 0 ? "" : fmt::format("{} of {} in {}", nans, count_text(tensor.numel(), "number"), name);
  };
  for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
    if (batch.inputs[i].isTensor()) {
      if (std::string text = phrase(batch.inputs[i].toTensor(), name_of_input(i, arguments)); !text.empty()) {
        return text;
      }
    }
  }
  return phrase(batch.target, "the target");
}

}  // namespace

std::string note_on_nan_inputs(std::span<const ScriptBatch> batches, std::int64_t first_number,
                               std::span<const std::string> arguments) {
  std::int64_t with_nan = 0;
  std::string first;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    const std::string nans = nans_of(batches[i], arguments);
    if (!nans.empty() && ++with_nan == 1) {
      first = fmt::format("{}, of mini-batch {}", nans, first_number + static_cast<std::int64_t>(i));
    }
  }
  return with_nan == 0
             ? ""
             : fmt::format(
                   "The inputs hold NaN in {} of {} (the first: {}). What is found there says nothing "
                   "about the model: correct the inputs first.",
                   with_nan, count_text(batches.size(), "mini-batch"), first);
}

}  // namespace relu0::gate
