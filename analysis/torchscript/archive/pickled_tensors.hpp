#pragma once
#include "analysis/torchscript/archive/zip_records.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace relu0 {

/// Where the numbers of a pickle's tensors lie: a record of the archive, named by its key.
struct PickledStorage {
  std::string key;
  std::uint64_t bytes;
};

/// The storages that a pickle of torch.save() or torch.jit.save() names, in its order, each as often as it is
/// named. Nothing is carried out. Throws InputError, whose message begins with "its pickle", for what these
/// functions do not write, for values nested more than 400 deep (LibTorch would end in a stack overflow), and
/// for a tensor whose shape, strides and offset reach beyond its storage, which LibTorch would read there.
std::vector<PickledStorage> storages_of(std::string_view pickle);

/// Throws InputError where a storage that the archive's record `pickle` names lies in a record of `folder`
/// ("data/") that is missing or holds fewer bytes, since LibTorch reads what stands behind them; and where
/// the pickle itself is none of storages_of(). An archive without such a record passes.
void check_storages(const std::filesystem::path& path, const ZipArchive& archive, std::string_view pickle,
                    std::string_view folder);

}  // namespace relu0
