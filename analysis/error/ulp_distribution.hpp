#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace relu0 {

/// How many of a gradient's elements are wrong by how many ulps, by powers of two.
struct UlpDistribution {
  static constexpr int lowest = -10;  ///< errors up to 2^lowest ulps are counted as such
  static constexpr int highest = 64;  ///< and finite ones beyond 2^(highest − 1) as at most 2^highest

  std::int64_t exact = 0;
  /// binades[i]: of errors in (2^(lowest + i − 1), 2^(lowest + i)] ulps.
  std::array<std::int64_t, highest - lowest + 1> binades{};
  std::int64_t non_finite = 0;

  /// ulps: ≥ 0, infinite or NaN.
  void count(double ulps);
  void add(const UlpDistribution& other);
  [[nodiscard]] std::int64_t total() const;
  /// Elements whose errors are at most 2^binade ulps, for binades from `lowest` to `highest`; the exact ones
  /// among them.
  [[nodiscard]] std::int64_t within(int binade) const;
  /// The least power of two of ulps, or 0, within which a share q (0 < q ≤ 1) of the elements lies: infinity
  /// where that takes errors that are infinite or NaN. Absent for no elements.
  [[nodiscard]] std::optional<double> quantile_bound(double q) const;

  bool operator==(const UlpDistribution&) const = default;
};

}  // namespace relu0
