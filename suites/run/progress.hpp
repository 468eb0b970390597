#pragma once
#include "suites/measurements/cell.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace relu0 {

/// Tells on stderr how far a run is, how fast, and how long it will take: one line rewritten in place on a
/// terminal, a plain line every ten seconds elsewhere. Time left is estimated from the arithmetic still to be
/// done.
class Progress {
 public:
  explicit Progress(RunSettings settings);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Announces a cell of `networks` draws of which `pending` are still to be measured.
  void add(const Cell& cell, std::int64_t networks, std::int64_t pending);
  /// One draw of that cell has been measured and recorded.
  void done(const Cell& cell);

 private:
  using Clock = std::chrono::steady_clock;
  struct Count {
    std::int64_t done = 0;
    std::int64_t networks = 0;
  };
  void print(const std::string& cell) const;

  RunSettings settings_;
  bool terminal_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_print_;
  std::map<std::string, Count> cells_;
  std::int64_t draws_done_ = 0;
  std::int64_t draws_pending_ = 0;
  double cost_done_ = 0;
  double cost_pending_ = 0;
};

}  // namespace relu0
