#include "suites/run/shards/shard.hpp"

#include "fixtures/error.hpp"
#include "suites/command_line/arguments.hpp"

#include <fmt/format.h>
#include <zlib.h>

namespace relu0 {

std::int64_t shard_of(std::string_view key, std::int64_t draw, std::int64_t count) {
  // A checksum of zlib and not std::hash, which may differ between libraries.
  const std::int64_t first =
      static_cast<std::int64_t>(crc32_z(0, reinterpret_cast<const Bytef*>(key.data()), key.size())) % count;
  return (first + draw % count) % count + 1;
}

bool Shard::holds(std::string_view key, std::int64_t draw) const {
  return shard_of(key, draw, count) == number;
}

std::string name(const Shard& shard) { return fmt::format("{}/{}", shard.number, shard.count); }

Shard parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) {
    throw InputError(
        fmt::format("--shard {}: give the shard's number and how many there are, such as 2/8", text));
  }
  const std::int64_t count = parse_count("--shard: how many", text.substr(slash + 1), 1, most_shards);
  return {.number = parse_count("--shard: its number", text.substr(0, slash), 1, count), .count = count};
}

}  // namespace relu0
