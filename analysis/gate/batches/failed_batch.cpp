#include "analysis/gate/batches/failed_batch.hpp"

#include "analysis/torchscript/tensor_phrase.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::gate {

namespace {

std::string place_of(const NamedBatch& where) {
  return fmt::format("{}: mini-batch {}: ", where.file, where.number);
}

/// What the model was given, and what to do where it cannot take that.
std::string given_and_remedy(const NamedBatch& where) {
  std::vector<std::string> given;
  bool has_whole_numbers = false;
  for (std::size_t i = 0; i < where.batch.inputs.size(); ++i) {
    const c10::IValue& input = where.batch.inputs[i];
    if (input.isTensor() && input.toTensor().defined()) {
      given.push_back(
          fmt::format("{}, {}", name_of_input(i, where.arguments), tensor_phrase(input.toTensor())));
      has_whole_numbers |= at::isIntegralType(input.toTensor().scalar_type(), /*includeBool=*/true);
    }
  }
  return fmt::format(
      "The model was given {}. {}", given.empty() ? "no tensor" : fmt::format("{}", fmt::join(given, "; ")),
      has_whole_numbers
          ? "Whole numbers are given to it as the file holds them. Where it takes real numbers, save them as "
            "float32, in the range that the model was trained on: images of uint8 as images.float() / 255, "
            "for example, and normalised if those were; where it looks them up in a table, they have to lie "
            "in the table's range."
          : "Where it takes another shape, give mini-batches of that shape, or another data set.");
}

}  // namespace

std::string name_of_input(std::size_t input, std::span<const std::string> arguments) {
  return input < arguments.size() ? fmt::format("'{}'", arguments[input]) : fmt::format("input {}", input);
}

InputError with_place(const InputError& error, const NamedBatch& where) {
  return InputError(place_of(where) + error.what());
}

InputError with_place_and_tensors(const ModelFailure& failure, const NamedBatch& where) {
  const std::string_view all = failure.what();
  const std::size_t end = std::min(all.find('\n'), all.size());
  return InputError(fmt::format("{}{}\n{}{}", place_of(where), all.substr(0, end), given_and_remedy(where),
                                all.substr(end)));
}

}  // namespace relu0::gate
