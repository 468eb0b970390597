#include "suites/run/progress.hpp"

#include "suites/command_line/standard_streams.hpp"
#include "suites/verdicts/wording.hpp"

#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace relu0 {

Progress::Progress(std::string unit) : unit_(std::move(unit)), terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (terminal_ && draws_done_ > 0) {
    std::fputs("\n", stderr);
  }
}

std::size_t Progress::add(Task task) {
  draws_pending_ += task.pending;
  cost_pending_ += task.cost_of_draw * static_cast<double>(task.pending);
  tasks_.push_back(std::move(task));
  return tasks_.size() - 1;
}

void Progress::done(std::size_t task) {
  const std::lock_guard lock(mutex_);
  Task& of = tasks_.at(task);
  --of.pending;
  ++draws_done_;
  cost_done_ += of.cost_of_draw;
  last_task_ = task;
  if (is_time(draws_done_ == draws_pending_)) {
    print();
  }
}

void Progress::note(std::string text) {
  const std::lock_guard lock(mutex_);
  note_ = std::move(text);
  if (is_time(/*last=*/false)) {
    print();
  }
}

bool Progress::is_time(bool last) {
  const auto now = Clock::now();
  const auto interval = terminal_ ? std::chrono::milliseconds(200) : std::chrono::seconds(10);
  if (now - last_print_ < interval && !last) {
    return false;
  }
  last_print_ = now;
  return true;
}

void Progress::print() const {
  const Task& task = tasks_.at(last_task_);
  const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
  const double left = elapsed * (cost_pending_ - cost_done_) / cost_done_;
  const double rate = static_cast<double>(draws_done_) / elapsed;
  const std::string line =
      end_of_line_ ? fmt::format("{} {} ({}), {:.1f} a second, {}", draws_done_, unit_, task.name, rate,
                                 end_of_line_())
                   : fmt::format("{}/{} {} ({}: {}/{}), {:.1f} a second, {}", draws_done_, draws_pending_,
                                 unit_, task.name, task.networks - task.pending, task.networks, rate,
                                 draws_done_ == 0 ? "time left not known"
                                                  : fmt::format("about {} left", wording::duration(left)));
  print_to_stderr(fmt::format("{}{}{}{}", terminal_ ? "\r\033[K" : "relu0: ", line,
                              note_.empty() ? "" : "; " + note_, terminal_ ? "" : "\n"));
}

}  // namespace relu0
