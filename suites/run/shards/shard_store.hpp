#pragma once
#include "reports/model/environment.hpp"
#include "reports/store/store.hpp"
#include "suites/run/shards/shard.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// The shard whose draws a store holds; absent where it holds a run's, or nothing.
std::optional<Shard> shard_in(const Environment& environment);

/// Throws InputError where the store holds measurements of another shard than this one, or of this one under
/// another command: each shard of each run has a store of its own, so that what is merged is one run's.
void require_same_shard(const Store& store, const std::optional<Shard>& shard, const std::string& command);

/// A store that holds a shard's draws.
struct ShardStore {
  Shard shard;
  Store store;
};

/// Opens the stores of all shards of a run, in the order of their numbers. files: stores, or folders that
/// hold a results.sqlite. Throws InputError, naming the files, where one holds no shard, where they are of
/// different numbers of shards, where a shard is missing or there twice, and where one holds a draw that is
/// another's.
std::vector<ShardStore> open_shards(const std::vector<std::filesystem::path>& files);

/// The environment of a store with all their draws. Throws EnvironmentMismatch, which names both files, where
/// the measurements of two shards must not be mixed.
Environment joined_environment(const std::vector<ShardStore>& shards);

/// Writes a new store with the draws of all shards. It is there as a whole or not at all: `complete` is
/// called with it before it gets its name, to add what is concluded, and what that throws leaves no store
/// behind, so that the same merge can be made again. Throws InputError where the file exists, and StoreError.
void write_joined(const std::vector<ShardStore>& shards, const Environment& environment, const RunInfo& run,
                  const std::filesystem::path& file, const std::function<void(Store&)>& complete);

}  // namespace relu0
