#pragma once
#include <filesystem>
#include <string_view>

namespace relu0 {

/// "NFS", "Lustre" …: the name of a file system that several machines share, by its number in statfs(2);
/// empty for any other.
std::string_view network_file_system(long type);

/// Says on stderr where the folder, or the nearest one above it that exists, lies on such a file system:
/// locks may be missing there, so that two runs can write one store, and each draw waits for the network.
void warn_of_network_file_system(const std::filesystem::path& folder);

}  // namespace relu0
