#include "suites/run/runner.hpp"

#include "analysis/torch/draw_weights.hpp"
#include "suites/command_line/interrupt.hpp"
#include "suites/measurements/measurer.hpp"
#include "suites/run/environment_check.hpp"
#include "suites/run/progress.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <tuple>
#include <utility>

namespace relu0 {

std::vector<PlannedCell> plan(const std::vector<std::vector<Cell>>& cells, const RunSettings& settings,
                              Scale scale) {
  std::map<std::tuple<std::size_t, DataName, Precision>, std::vector<PlannedCell>> groups;
  std::set<std::string> planned;
  for (const auto& of_experiment : cells) {
    for (const Cell& cell : of_experiment) {
      if (planned.insert(key(cell, settings)).second) {
        groups[{cell.work.index(), cell.data, cell.precision}].push_back({cell, scale.networks_for(cell)});
      }
    }
  }
  std::vector<PlannedCell> result;
  for (const auto& [group, of_group] : groups) {
    result.insert(result.end(), of_group.begin(), of_group.end());
  }
  return result;
}

namespace {

/// The draws of one cell that are still to be measured.
struct PendingCell {
  Cell cell;
  Network network;
  std::string key;
  std::deque<std::int64_t> draws;
};

/// Hands draws to the workers and their outcomes back to the one thread that writes the store.
class Exchange {
 public:
  struct Task {
    const PendingCell* cell;
    std::int64_t draw;
  };
  struct Result {
    const PendingCell* cell;
    std::int64_t draw;
    nlohmann::json values;
  };

  /// `environment` is what the store records of the threads that measure.
  Exchange(std::vector<PendingCell>& cells, Environment environment)
      : cells_(&cells), environment_(std::move(environment)) {}

  std::optional<Task> next_task() {
    const std::lock_guard lock(mutex_);
    while (!stopped_ && current_ < cells_->size()) {
      PendingCell& cell = (*cells_)[current_];
      if (cell.draws.empty()) {
        ++current_;
        continue;
      }
      const std::int64_t draw = cell.draws.front();
      cell.draws.pop_front();
      return Task{&cell, draw};
    }
    return std::nullopt;
  }

  /// Called by the thread that measured. Throws EnvironmentMismatch where it does not round as the store
  /// records.
  void deliver(Result result) {
    require_recorded_rounding(environment_);
    const std::lock_guard lock(mutex_);
    results_.push_back(std::move(result));
    changed_.notify_one();
  }

  void worker_started() {
    const std::lock_guard lock(mutex_);
    ++working_;
  }

  void worker_ended(std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    --working_;
    if (error && !error_) {
      error_ = std::move(error);
      stopped_ = true;
    }
    changed_.notify_one();
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }

  /// The outcomes that wait to be recorded; none after a short while without one, so that the caller can look
  /// at signals.
  std::vector<Result> take_results() {
    std::unique_lock lock(mutex_);
    constexpr std::chrono::milliseconds patience{100};
    changed_.wait_for(lock, patience, [this] { return !results_.empty() || working_ == 0; });
    return std::exchange(results_, {});
  }

  [[nodiscard]] bool finished() {
    const std::lock_guard lock(mutex_);
    return working_ == 0 && results_.empty();
  }

  [[nodiscard]] std::exception_ptr error() {
    const std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<PendingCell>* cells_;
  Environment environment_;
  std::size_t current_ = 0;
  std::vector<Result> results_;
  int working_ = 0;
  bool stopped_ = false;
  std::exception_ptr error_;
};

void work(Exchange& exchange, const RunSettings& settings, const GroupData& data, int threads) {
  const PendingCell* current = nullptr;
  Measurer measurer;
  while (const auto task = exchange.next_task()) {
    if (task->cell != current) {
      current = task->cell;
      measurer = make_measurer(current->cell, current->network, settings, data, threads);
    }
    const std::uint64_t seed = settings.seed + static_cast<std::uint64_t>(task->draw);
    exchange.deliver({current, task->draw, measurer(draw_weights(current->network, seed), seed)});
  }
}

void work_noting_errors(Exchange& exchange, const RunSettings& settings, const GroupData& data, int threads) {
  std::exception_ptr error;
  try {
    work(exchange, settings, data, threads);
  } catch (...) {
    error = std::current_exception();
  }
  exchange.worker_ended(error);
}

/// Joins its threads however the scope is left, so that no worker outlives what it works on.
class Workers {
 public:
  Workers(Exchange& exchange, const RunSettings& settings, const GroupData& data, Threads threads)
      : exchange_(&exchange) {
    for (int i = 0; i < threads.draws; ++i) {
      exchange.worker_started();
      threads_.emplace_back(work_noting_errors, std::ref(exchange), std::cref(settings), std::cref(data),
                            threads.per_draw);
    }
  }
  ~Workers() {
    exchange_->stop();
    for (std::thread& thread : threads_) {
      thread.join();
    }
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

 private:
  Exchange* exchange_;
  std::vector<std::thread> threads_;
};

/// In one transaction: short draws at 16 bits end faster than a disk confirms a write.
void record(const std::vector<Exchange::Result>& results, Store& store, Progress& progress) {
  if (results.empty()) {
    return;
  }
  std::vector<Measurement> measurements;
  for (const Exchange::Result& result : results) {
    measurements.push_back({result.cell->key, result.draw, result.values});
  }
  store.record(measurements);
  for (const Exchange::Result& result : results) {
    progress.done(result.cell->cell);
  }
}

/// Measures pending cells that share a group.
RunEnd measure_group(std::vector<PendingCell>& cells, const RunSettings& settings, const DataSets& data_sets,
                     Store& store, int threads, Progress& progress) {
  const Cell& first = cells.front().cell;
  const GroupData data(first, settings, data_sets);
  Exchange exchange(cells, store.environment());
  {
    const Workers workers(exchange, settings, data, split_threads(first, threads));
    while (!exchange.finished()) {
      if (InterruptGuard::requested()) {
        exchange.stop();
      }
      record(exchange.take_results(), store, progress);
    }
  }
  if (const auto error = exchange.error()) {
    std::rethrow_exception(error);
  }
  const bool all_done =
      std::all_of(cells.begin(), cells.end(), [](const PendingCell& cell) { return cell.draws.empty(); });
  return all_done ? RunEnd::complete : RunEnd::interrupted;
}

}  // namespace

RunEnd measure(const std::vector<PlannedCell>& plan, const RunSettings& settings, const DataSets& data,
               Store& store, int threads) {
  std::vector<std::vector<PendingCell>> groups;
  Progress progress(settings);
  for (const PlannedCell& planned : plan) {
    PendingCell pending{planned.cell, build(planned.cell.network), key(planned.cell, settings), {}};
    const auto present = store.draws(pending.key);
    for (std::int64_t draw = 0; draw < planned.networks; ++draw) {
      if (!present.contains(draw)) {
        pending.draws.push_back(draw);
      }
    }
    progress.add(planned.cell, planned.networks, std::ssize(pending.draws));
    if (pending.draws.empty()) {
      continue;
    }
    if (groups.empty() || !share_group(groups.back().front().cell, planned.cell)) {
      groups.emplace_back();
    }
    groups.back().push_back(std::move(pending));
  }
  for (auto& group : groups) {
    if (measure_group(group, settings, data, store, threads, progress) == RunEnd::interrupted) {
      return RunEnd::interrupted;
    }
  }
  return RunEnd::complete;
}

}  // namespace relu0
