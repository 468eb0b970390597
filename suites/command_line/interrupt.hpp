#pragma once

namespace relu0 {

/// From now on SIGINT and SIGTERM are noted for the InterruptGuard that comes: for the time that a process
/// takes to load its libraries. A second one ends the process.
void note_interrupts();

/// While an object of this type lives, SIGINT and SIGTERM ask the run to stop after the draws in hand; a
/// second one ends the process at once, as if there were no handler.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  [[nodiscard]] static bool requested();
};

}  // namespace relu0
