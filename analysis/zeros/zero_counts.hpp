#pragma once
#include "reference/pass/zero_origin.hpp"

#include <array>
#include <cstdint>

namespace relu0 {

/// Zeros by what they are in the real numbers.
struct ZeroCounts {
  std::int64_t structural = 0;
  std::int64_t exact = 0;
  std::int64_t rounding = 0;
  std::int64_t undecided = 0;

  void count(reference::ZeroOrigin origin);
  void add(const ZeroCounts& other);
  [[nodiscard]] std::int64_t total() const { return structural + exact + rounding + undecided; }

  bool operator==(const ZeroCounts&) const = default;
};

}  // namespace relu0
