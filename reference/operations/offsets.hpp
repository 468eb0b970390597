#pragma once
#include <cstdint>
#include <vector>

namespace relu0::reference {

/// Offsets of elements in a tensor: how an Operand or a Target addresses its rows.
using Offsets = std::vector<std::int64_t>;

/// One dimension of a tensor: `count` positions at distance `stride`, beginning at `start`.
struct Axis {
  std::int64_t count;
  std::int64_t stride;
  std::int64_t start = 0;
};

/// Offsets of all positions along the axes, the last running fastest.
inline Offsets offsets(std::initializer_list<Axis> axes) {
  Offsets result{0};
  for (const Axis& axis : axes) {
    Offsets next;
    next.reserve(result.size() * static_cast<std::size_t>(axis.count));
    for (const std::int64_t outer : result) {
      for (std::int64_t i = 0; i < axis.count; ++i) {
        next.push_back(outer + axis.start + i * axis.stride);
      }
    }
    result = std::move(next);
  }
  return result;
}

}  // namespace relu0::reference
