#include "suites/run/progress.hpp"

#include "suites/verdicts/wording.hpp"

#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace relu0 {

Progress::Progress(RunSettings settings)
    : settings_(std::move(settings)), terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (terminal_ && draws_done_ > 0) {
    std::fputs("\n", stderr);
  }
}

void Progress::add(const Cell& cell, std::int64_t networks, std::int64_t pending) {
  cells_[describe(cell)] = {.done = networks - pending, .networks = networks};
  draws_pending_ += pending;
  cost_pending_ += cost(cell, settings_) * static_cast<double>(pending);
}

void Progress::done(const Cell& cell) {
  const std::string name = describe(cell);
  ++cells_[name].done;
  ++draws_done_;
  cost_done_ += cost(cell, settings_);
  const auto now = Clock::now();
  const auto interval = terminal_ ? std::chrono::milliseconds(200) : std::chrono::seconds(10);
  if (now - last_print_ < interval && draws_done_ != draws_pending_) {
    return;
  }
  last_print_ = now;
  print(name);
}

void Progress::print(const std::string& cell) const {
  const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
  const double left = elapsed * (cost_pending_ - cost_done_) / cost_done_;
  const Count& count = cells_.at(cell);
  const std::string line = fmt::format("{}/{} networks ({}: {}/{}), {:.1f} a second, about {} left",
                                       draws_done_, draws_pending_, cell, count.done, count.networks,
                                       static_cast<double>(draws_done_) / elapsed, wording::duration(left));
  fmt::print(stderr, "{}{}{}", terminal_ ? "\r\033[K" : "relu0: ", line, terminal_ ? "" : "\n");
  std::fflush(stderr);
}

}  // namespace relu0
