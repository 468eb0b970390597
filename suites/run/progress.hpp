#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace relu0 {

/// Tells on stderr how far a run is, how fast, and how long it will take: one line rewritten in place on a
/// terminal, a plain line every ten seconds elsewhere. Time left is estimated from the arithmetic still to be
/// done. note() may be called by any thread, the others by the one that made it.
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
  explicit Progress(std::string unit = "networks");
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Announces a task, and returns its number.
  std::size_t add(Task task);
  /// One draw of that task has been measured and recorded.
  void done(std::size_t task);
  /// Where a long draw is: told with the next line, and by a line of its own where there was none for a
  /// while.
  void note(std::string text);
  /// From now on what `text` returns is told in place of the draws in all and the time left, of a run whose
  /// results decide how many draws it makes.
  void end_lines_with(std::function<std::string()> text) { end_of_line_ = std::move(text); }

 private:
  using Clock = std::chrono::steady_clock;
  void print() const;
  [[nodiscard]] bool is_time(bool last);

  std::string unit_;
  bool terminal_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_print_;
  std::vector<Task> tasks_;
  std::int64_t draws_done_ = 0;
  std::int64_t draws_pending_ = 0;
  double cost_done_ = 0;
  double cost_pending_ = 0;
  std::size_t last_task_ = 0;
  std::string note_;
  std::mutex mutex_;  ///< notes come from the threads that measure
  std::function<std::string()> end_of_line_;
};

}  // namespace relu0
