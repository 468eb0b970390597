#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/script_pass.hpp"
#include "fixtures/error.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace relu0::gate {

/// "'x'", the argument that an input of a mini-batch is given as; "input 2" where the model names fewer.
std::string name_of_input(std::size_t input, std::span<const std::string> arguments);

/// A mini-batch and what messages call it.
struct NamedBatch {
  std::string file;         ///< the inputs' file or data set
  std::int64_t number = 0;  ///< counted from 0 in that
  const ScriptBatch& batch;
  std::span<const std::string> arguments;  ///< names of forward()'s, without self
};

/// The error with its place, "batches.pt: mini-batch 3: …".
InputError with_place(const InputError& error, const NamedBatch& where);

/// The same for a failure of the model's own code, whose first line says what failed: it is followed by the
/// names, types and shapes of the tensors that the model was given, by what to do about whole numbers among
/// them or about their shapes, and then by the failure's further lines.
InputError with_place_and_tensors(const ModelFailure& failure, const NamedBatch& where);

}  // namespace relu0::gate
