#include "suites/run/shards/file_system.hpp"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/vfs.h>

namespace relu0 {

std::string_view network_file_system(long type) {
  // The last five have no name in linux/magic.h of every kernel; the numbers are in their own sources.
  constexpr std::array<std::pair<long, std::string_view>, 9> known{{{NFS_SUPER_MAGIC, "NFS"},
                                                                    {AFS_SUPER_MAGIC, "AFS"},
                                                                    {SMB_SUPER_MAGIC, "SMB"},
                                                                    {CODA_SUPER_MAGIC, "Coda"},
                                                                    {0x0BD00BD0, "Lustre"},
                                                                    {0x00C36400, "Ceph"},
                                                                    {0x47504653, "GPFS"},
                                                                    {0x19830326, "BeeGFS"},
                                                                    {0xFF534D42, "CIFS"}}};
  const auto* found =
      std::find_if(known.begin(), known.end(), [type](const auto& one) { return one.first == type; });
  return found == known.end() ? std::string_view() : found->second;
}

void warn_of_network_file_system(const std::filesystem::path& folder) {
  std::filesystem::path existing = std::filesystem::absolute(folder);
  std::error_code error;
  while (!std::filesystem::exists(existing, error) && existing.has_relative_path()) {
    existing = existing.parent_path();
  }
  struct statfs medium {};
  if (statfs(existing.c_str(), &medium) != 0) {
    return;  // what is wrong with the folder, the store says
  }
  if (const std::string_view name = network_file_system(medium.f_type); !name.empty()) {
    fmt::print(
        stderr,
        "relu0: {} lies on {}, a file system that machines share. Locks may be missing there, so let no "
        "second run write this store; each draw waits for the network. Better: --out on this machine's own "
        "disk, and copy the store when the run is complete, as ci/slurm does.\n",
        folder.string(), name);
  }
}

}  // namespace relu0
