#pragma once
#include "reference/arithmetic/parallel.hpp"

#include <cstdint>

namespace relu0::reference {

/// Calls body(i) for each of `count` elements on up to `threads` threads. Returns whether no MPFR operation
/// rounded.
template <typename Body>
bool for_each_element(int threads, std::int64_t count, const Body& body) {
  constexpr std::int64_t grain = 4096;  // elements that one thread takes at a time
  return parallel_for(threads, count, grain, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      body(i);
    }
  });
}

}  // namespace relu0::reference
