#pragma once
#include <chrono>
#include <functional>

namespace relu0 {

/// Seconds since some moment; called by several threads.
using Clock = std::function<double()>;

/// By the machine's steady clock.
inline Clock steady_clock() {
  return [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
}

}  // namespace relu0
