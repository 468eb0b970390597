#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace relu0 {

/// All bytes of a file. Throws InputError for a path that leads nowhere or to a folder, for a file that
/// cannot be read, and for an empty one, whose message ends with the remedy.
std::shared_ptr<const std::string> bytes_of_file(const std::filesystem::path& path, std::string_view remedy);

/// The bytes of a file that may be a TorchScript archive. Throws InputError for a path that leads nowhere or
/// to a folder, for an empty file, and for one that is not a zip archive: what it is instead is said where it
/// can be told.
std::shared_ptr<const std::string> read_archive(const std::filesystem::path& path);

/// Throws InputError for an archive that is no module of torch.jit.save() (torch.save() writes zip archives
/// too), that is of a newer format than this LibTorch reads, whose records are links, lead out of its folder
/// or unpack to more than PyTorch could have packed, whose tensors reach beyond the numbers that it holds, or
/// whose code reads or writes files.
void check_archive(const std::filesystem::path& path, const std::shared_ptr<const std::string>& bytes);

}  // namespace relu0
