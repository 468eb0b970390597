#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace relu0 {

/// One of `count` parts of a run, which may be measured on another machine each: every draw of every
/// measurement belongs to exactly one of them.
struct Shard {
  std::int64_t number = 1;  ///< from 1 to count
  std::int64_t count = 1;

  /// Whether a draw of the measurement with that key (Measurement::key()) is this shard's. It depends on key,
  /// draw and count alone, so that neither the machine nor what was measured before changes it. Consecutive
  /// draws belong to consecutive shards; where they begin differs by key, so that measurements with few draws
  /// do not all fall to the first shard.
  [[nodiscard]] bool holds(std::string_view key, std::int64_t draw) const;

  bool operator==(const Shard&) const = default;
};

/// More are of no use: a run has fewer draws that take long.
inline constexpr std::int64_t most_shards = 100'000;

/// "2/8".
std::string name(const Shard& shard);

/// The inverse of name(). Throws InputError, which names --shard, for any other text, and for a number that
/// is not from 1 to the count.
Shard parse_shard(const std::string& text);

/// The number of the one shard of `count` that holds the draw.
std::int64_t shard_of(std::string_view key, std::int64_t draw, std::int64_t count);

}  // namespace relu0
