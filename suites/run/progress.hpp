#pragma once
#include "suites/run/clock.hpp"
#include "suites/run/progress_line.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace relu0 {

/// Tells on stderr how far a run is, how fast, and how long it will take: one line rewritten in place on a
/// terminal, cut to its width, a plain line every ten seconds elsewhere. Time left is estimated from the
/// arithmetic still to be done; what is made of draws in hand counts where they tell it. note() may be called
/// by any thread, the others by the one that made it.
class Progress {
 public:
  /// What draws are counted for.
  struct Task {
    std::string name;           ///< shown
    double cost_of_draw = 0;    ///< relative to other tasks'
    std::int64_t networks = 0;  ///< draws in all
    std::int64_t pending = 0;   ///< of these, still to be measured
  };

  /// unit: what all draws are called together.
  explicit Progress(std::string unit = "networks", Clock clock = steady_clock());
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Announces a task, and returns its number.
  std::size_t add(Task task);
  /// That draw of that task has been measured and recorded.
  void done(std::size_t task, std::int64_t draw);
  /// Where a long draw of a task is: told with the next line, and by a line of its own where there was none
  /// for a while.
  void note(std::size_t task, std::int64_t draw, DrawPlace place);
  /// From now on what `text` returns is told in place of the draws in all and the time left, of a run whose
  /// results decide how many draws it makes.
  void end_lines_with(std::function<std::string()> text) { end_of_line_ = std::move(text); }

 private:
  using Draw = std::pair<std::size_t, std::int64_t>;  ///< its task, and its number there
  /// Work of this run, in draws and in their costs.
  struct Work {
    double draws = 0;
    double cost = 0;
  };
  void print();
  [[nodiscard]] ProgressLine line() const;
  [[nodiscard]] bool is_time(bool last);
  void add_work(Work& to, std::size_t task, double draws) const;

  std::string unit_;
  bool terminal_;
  Clock clock_;
  double start_;
  double last_print_ = -std::numeric_limits<double>::infinity();
  bool printed_ = false;
  std::vector<Task> tasks_;
  std::int64_t draws_done_ = 0;
  std::int64_t draws_pending_ = 0;
  Work made_;    ///< without draws in hand
  Work before_;  ///< by earlier runs, of draws that this one ended
  double cost_pending_ = 0;
  std::size_t last_task_ = 0;
  std::map<Draw, DrawPlace> in_hand_;  ///< that told where they are
  Draw last_noted_;
  std::mutex mutex_;  ///< notes come from the threads that measure
  std::function<std::string()> end_of_line_;
};

}  // namespace relu0
