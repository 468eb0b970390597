#include "suites/run/progress.hpp"

#include "suites/command_line/standard_streams.hpp"
#include "suites/verdicts/wording.hpp"

#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace relu0 {

namespace {

/// The terminal's width now: it may have changed since the last line.
std::size_t columns_of_terminal() {
  constexpr std::size_t usual = 80;
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

/// "1.2 a second", in a unit of time that does not make it 0.0 where that can be.
std::string rate_text(double per_second) {
  constexpr double least = 0.1;
  constexpr double minute = 60;
  constexpr double hour = 3600;
  return per_second >= least            ? fmt::format("{:.1f} a second", per_second)
         : per_second * minute >= least ? fmt::format("{:.1f} a minute", per_second * minute)
                                        : fmt::format("{:.1f} an hour", per_second * hour);
}

}  // namespace

Progress::Progress(std::string unit, Clock clock)
    : unit_(std::move(unit)),
      terminal_(isatty(STDERR_FILENO) == 1),
      clock_(std::move(clock)),
      start_(clock_()) {}

Progress::~Progress() {
  if (terminal_ && printed_) {
    std::fputs("\n", stderr);
  }
}

std::size_t Progress::add(Task task) {
  draws_pending_ += task.pending;
  cost_pending_ += task.cost_of_draw * static_cast<double>(task.pending);
  tasks_.push_back(std::move(task));
  return tasks_.size() - 1;
}

void Progress::add_work(Work& to, std::size_t task, double draws) const {
  to.draws += draws;
  to.cost += draws * tasks_.at(task).cost_of_draw;
}

void Progress::done(std::size_t task, std::int64_t draw) {
  const std::lock_guard lock(mutex_);
  --tasks_.at(task).pending;
  ++draws_done_;
  const auto in_hand = in_hand_.extract({task, draw});
  const double before = in_hand ? in_hand.mapped().before : 0;
  add_work(made_, task, 1 - before);
  add_work(before_, task, before);
  last_task_ = task;
  if (is_time(draws_done_ == draws_pending_)) {
    print();
  }
}

void Progress::note(std::size_t task, std::int64_t draw, DrawPlace place) {
  const std::lock_guard lock(mutex_);
  last_noted_ = {task, draw};
  in_hand_[last_noted_] = std::move(place);
  if (is_time(/*last=*/false)) {
    print();
  }
}

bool Progress::is_time(bool last) {
  constexpr double on_terminal = 0.2;
  constexpr double in_log = 10;
  const double now = clock_();
  if (now - last_print_ < (terminal_ ? on_terminal : in_log) && !last) {
    return false;
  }
  last_print_ = now;
  return true;
}

ProgressLine Progress::line() const {
  Work made = made_;
  Work before = before_;
  for (const auto& [draw, place] : in_hand_) {
    add_work(made, draw.first, place.made);
    add_work(before, draw.first, place.before);
  }
  const double elapsed = clock_() - start_;
  const std::string rate = rate_text(made.draws / elapsed);
  const Task& task = tasks_.at(last_task_);
  const auto noted = in_hand_.find(last_noted_);
  ProgressLine line;
  if (noted != in_hand_.end()) {
    line.place = noted->second;
  }
  if (end_of_line_) {
    line.count = fmt::format("{} {}", draws_done_, unit_);
    line.task = task.name;
    line.pace = fmt::format("{}, {}", rate, end_of_line_());
    return line;
  }
  line.count = fmt::format("{}/{} {}", draws_done_, draws_pending_, unit_);
  line.task = fmt::format("{}: {}/{}", task.name, task.networks - task.pending, task.networks);
  const double left = elapsed * (cost_pending_ - before.cost - made.cost) / made.cost;
  line.pace = fmt::format(
      "{}, {}", rate,
      made.cost > 0 ? fmt::format("about {} left", wording::duration(left)) : "time left not known");
  return line;
}

void Progress::print() {
  printed_ = true;
  // A line as wide as the terminal would move the cursor to the next one.
  print_to_stderr(terminal_ ? "\r\033[K" + fitted(line(), columns_of_terminal() - 1)
                            : fmt::format("relu0: {}\n", whole(line())));
}

}  // namespace relu0
