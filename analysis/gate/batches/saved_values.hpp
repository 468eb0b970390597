#pragma once
// Private to analysis: includes LibTorch.
#include <filesystem>
#include <string>

#include <ATen/core/ivalue.h>

namespace relu0::gate {

/// What a file of torch.save(), .npy or .npz holds: a tensor, or lists, tuples and dictionaries of such (an
/// .npz is a dictionary). Nothing in the file is run: objects of other Python classes are refused. Throws
/// InputError, which names the file, what is wrong and the remedy, for a path that leads nowhere or to a
/// folder; for an empty, truncated, hostile or foreign file; for a TorchScript module; and for contents of
/// other types.
c10::IValue read_saved_values(const std::filesystem::path& path);

/// The bytes of a file with such values, which torch.load() reads too.
std::string saved_values_file(const c10::IValue& values);

/// Writes that file. Throws InputError where it cannot be written.
void write_saved_values(const c10::IValue& values, const std::filesystem::path& path);

}  // namespace relu0::gate
