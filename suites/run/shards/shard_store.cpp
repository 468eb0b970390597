#include "suites/run/shards/shard_store.hpp"

#include "fixtures/error.hpp"
#include "reports/store/run_lock.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/run/environment_check.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

ShardStore open_shard(const std::filesystem::path& path) {
  const std::filesystem::path file = std::filesystem::is_directory(path) ? path / "results.sqlite" : path;
  Store store = Store::open_for_reading(file);
  const std::optional<Shard> shard = shard_in(store.environment());
  if (!shard) {
    throw InputError(
        fmt::format("{}: it holds no shard of a run; relu0 merge joins what relu0 run --shard I/N measured",
                    file.string()));
  }
  return {*shard, std::move(store)};
}

/// "1/8, 3/8".
std::string names(const std::vector<Shard>& shards) {
  std::vector<std::string> texts;
  std::transform(shards.begin(), shards.end(), std::back_inserter(texts),
                 [](const Shard& shard) { return name(shard); });
  return fmt::format("{}", fmt::join(texts, ", "));
}

void require_each_once(const std::vector<ShardStore>& shards) {
  const std::int64_t count = shards.front().shard.count;
  for (std::size_t i = 1; i < shards.size(); ++i) {
    const ShardStore& one = shards[i - 1];
    const ShardStore& next = shards[i];
    if (next.shard.count != count) {
      throw InputError(fmt::format("{} is shard {} and {} shard {}: these are shards of different runs",
                                   shards.front().store.file().string(), name(shards.front().shard),
                                   next.store.file().string(), name(next.shard)));
    }
    if (one.shard == next.shard) {
      throw InputError(
          fmt::format("{} and {} are both shard {}, whose draws would count twice; name one of them",
                      one.store.file().string(), next.store.file().string(), name(one.shard)));
    }
  }
  std::vector<Shard> missing;
  for (std::int64_t number = 1; number <= count; ++number) {
    const Shard shard{number, count};
    if (std::none_of(shards.begin(), shards.end(),
                     [&](const ShardStore& one) { return one.shard == shard; })) {
      missing.push_back(shard);
    }
  }
  if (!missing.empty()) {
    throw InputError(fmt::format("shards missing: {}; name the stores of all {}", names(missing), count));
  }
}

void require_own_draws(const ShardStore& one) {
  for (const std::string& key : one.store.keys()) {
    for (const std::int64_t draw : one.store.draws(key)) {
      if (!one.shard.holds(key, draw)) {
        throw InputError(fmt::format("{}: it is shard {} and holds draw {} of {}, which belongs to shard {}",
                                     one.store.file().string(), name(one.shard), draw, key,
                                     name(Shard{shard_of(key, draw, one.shard.count), one.shard.count})));
      }
    }
  }
}

/// Without the shard.
Environment environment_of(const ShardStore& one) {
  Environment environment = one.store.environment();
  environment.erase(facts::shard);
  return environment;
}

}  // namespace

std::optional<Shard> shard_in(const Environment& environment) {
  const auto found = environment.find(facts::shard);
  return found == environment.end() ? std::nullopt : std::optional(parse_shard(found->second));
}

void require_same_shard(const Store& store, const std::optional<Shard>& shard, const std::string& command) {
  const std::optional<Shard> held = shard_in(store.environment());
  if (held != shard && !store.keys().empty()) {
    throw InputError(
        fmt::format("{}: it holds {}, and this run measures {}. Choose another --out", store.file().string(),
                    held ? "shard " + name(*held) : "a run without shards",
                    shard ? "shard " + name(*shard) : "all draws (give --shard to go on with one)"));
  }
  if (shard && !store.keys().empty() && store.run_info().command != command) {
    throw InputError(fmt::format(
        "{}: it holds shard {} of another run:\n  {}\nand this one is\n  {}\nChoose another --out",
        store.file().string(), name(*shard), store.run_info().command, command));
  }
}

std::vector<ShardStore> open_shards(const std::vector<std::filesystem::path>& files) {
  std::vector<ShardStore> shards;
  std::transform(files.begin(), files.end(), std::back_inserter(shards), open_shard);
  std::stable_sort(shards.begin(), shards.end(),
                   [](const ShardStore& a, const ShardStore& b) { return a.shard.number < b.shard.number; });
  require_each_once(shards);
  std::for_each(shards.begin(), shards.end(), require_own_draws);
  return shards;
}

Environment joined_environment(const std::vector<ShardStore>& shards) {
  Environment joined = environment_of(shards.front());
  for (const ShardStore& next : shards) {
    try {
      joined = continued_environment(joined, environment_of(next), UnrecordedFacts::refuse);
    } catch (const EnvironmentMismatch& mismatch) {
      throw EnvironmentMismatch(fmt::format("{}: held against {}: {}", next.store.file().string(),
                                            shards.front().store.file().string(), mismatch.what()));
    }
  }
  return joined;
}

void write_joined(const std::vector<ShardStore>& shards, const Environment& environment, const RunInfo& run,
                  const std::filesystem::path& file, const std::function<void(Store&)>& complete) {
  if (std::filesystem::exists(file)) {
    throw InputError(fmt::format("{} exists; choose another --out for the joined store", file.string()));
  }
  // A merge that was killed leaves it behind; a merge that goes on holds its lock.
  std::filesystem::path part = file;
  part += ".part";
  if (std::filesystem::exists(part)) {
    const RunLock of_other_merge(part);
    std::filesystem::remove(part);
  }
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  const bool makes_folder = !std::filesystem::exists(folder);
  try {
    Store joined = Store::open_for_run(part);
    joined.set_environment(environment);
    joined.set_run_info(run);
    for (const ShardStore& one : shards) {
      for (const std::string& key : one.store.keys()) {
        joined.record(one.store.stored_draws(key));
      }
    }
    complete(joined);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    if (makes_folder) {
      std::filesystem::remove(folder, ignored);  // it is empty
    }
    throw;
  }
  std::filesystem::rename(part, file);
}

}  // namespace relu0
