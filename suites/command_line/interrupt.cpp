#include "suites/command_line/interrupt.hpp"

#include <csignal>

namespace relu0 {

namespace {

volatile std::sig_atomic_t stop_requested = 0;

extern "C" void note_request(int signal) {
  stop_requested = 1;
  (void)std::signal(signal, SIG_DFL);
}

}  // namespace

void note_interrupts() {
  (void)std::signal(SIGINT, note_request);
  (void)std::signal(SIGTERM, note_request);
}

InterruptGuard::InterruptGuard() { note_interrupts(); }

InterruptGuard::~InterruptGuard() {
  stop_requested = 0;
  (void)std::signal(SIGINT, SIG_DFL);
  (void)std::signal(SIGTERM, SIG_DFL);
}

bool InterruptGuard::requested() { return stop_requested != 0; }

}  // namespace relu0
