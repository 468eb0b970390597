#include "suites/run/runner.hpp"

#include "analysis/machine/threads.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "suites/command_line/interrupt.hpp"
#include "suites/run/checkpoints/checkpointed_training.hpp"
#include "suites/run/environment_check.hpp"
#include "suites/run/progress.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace relu0 {

Measurements plan(const Measurements& measurements, const RunSettings& settings) {
  std::vector<Measurements> groups;
  std::set<std::string> planned;
  for (const MeasurementPtr& measurement : measurements) {
    if (!planned.insert(measurement->key(settings)).second) {
      continue;
    }
    auto group = std::find_if(groups.begin(), groups.end(), [&measurement](const Measurements& of_group) {
      return of_group.front()->shares_data_with(*measurement);
    });
    if (group == groups.end()) {
      group = groups.emplace(groups.end());
    }
    group->push_back(measurement);
  }
  Measurements result;
  for (const Measurements& group : groups) {
    result.insert(result.end(), group.begin(), group.end());
  }
  return result;
}

namespace {

/// The draws of one measurement that are still to be made.
struct Pending {
  MeasurementPtr measurement;
  Network network;
  std::string key;
  std::size_t task;  ///< its number in the progress
  std::deque<std::int64_t> draws;
};

/// Hands draws to the workers and their outcomes back to the one thread that writes the store.
class Exchange {
 public:
  struct Task {
    const Pending* pending;
    std::int64_t draw;
  };
  struct Result {
    const Pending* pending;
    std::int64_t draw;
    nlohmann::json values;
    double seconds;
  };

  /// `environment` is what the store records of the threads that measure.
  Exchange(std::vector<Pending>& pending, Environment environment, const RunWatch& watch)
      : pending_(&pending), environment_(std::move(environment)), watch_(&watch) {}

  std::optional<Task> next_task() {
    const std::lock_guard lock(mutex_);
    stopped_ = stopped_ || (watch_->stop && watch_->stop());
    while (!stopped_ && current_ < pending_->size()) {
      Pending& pending = (*pending_)[current_];
      if (pending.draws.empty()) {
        ++current_;
        continue;
      }
      const std::int64_t draw = pending.draws.front();
      pending.draws.pop_front();
      return Task{&pending, draw};
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

  /// A draw that was handed out was not made.
  void abandon() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    abandoned_ = true;
  }

  [[nodiscard]] bool abandoned() {
    const std::lock_guard lock(mutex_);
    return abandoned_;
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

  [[nodiscard]] double now() const { return watch_->clock(); }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Pending>* pending_;
  Environment environment_;
  const RunWatch* watch_;
  std::size_t current_ = 0;
  std::vector<Result> results_;
  int working_ = 0;
  bool stopped_ = false;
  bool abandoned_ = false;
  std::exception_ptr error_;
};

std::uint64_t seed_of(const RunSettings& settings, std::int64_t draw) {
  return settings.seed + static_cast<std::uint64_t>(draw);
}

/// settings: of the run, which this thread makes its own.
void work(Exchange& exchange, RunSettings settings, const GroupData& data, int threads, Progress& progress) {
  compute_with_one_thread();
  const Pending* current = nullptr;
  std::optional<Exchange::Task> task;
  settings.tell = [&task, &progress](const DrawPlace& place) {
    progress.note(task->pending->task, task->draw, place);
  };
  Measurer measurer;
  while ((task = exchange.next_task())) {
    if (task->pending != current) {
      current = task->pending;
      measurer = current->measurement->prepare(current->network, data, settings, threads);
    }
    const std::uint64_t seed = seed_of(settings, task->draw);
    const double begin = exchange.now();
    nlohmann::json values = measurer(draw_weights(current->network, seed), seed);
    exchange.deliver({current, task->draw, std::move(values), exchange.now() - begin});
  }
}

void work_noting_errors(Exchange& exchange, const RunSettings& settings, const GroupData& data, int threads,
                        Progress& progress) {
  std::exception_ptr error;
  try {
    work(exchange, settings, data, threads, progress);
  } catch (const DrawInterrupted&) {
    exchange.abandon();
  } catch (...) {
    error = std::current_exception();
  }
  exchange.worker_ended(error);
}

/// Joins its threads however the scope is left, so that no worker outlives what it works on.
class Workers {
 public:
  /// threads: of the run.
  Workers(Exchange& exchange, const RunSettings& settings, const GroupData& data, Parallelism parallelism,
          int threads, Progress& progress)
      : exchange_(&exchange) {
    const bool side_by_side = parallelism == Parallelism::across_draws;
    for (int i = 0; i < (side_by_side ? threads : 1); ++i) {
      exchange.worker_started();
      threads_.emplace_back(work_noting_errors, std::ref(exchange), std::cref(settings), std::cref(data),
                            side_by_side ? 1 : threads, std::ref(progress));
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
void record(const std::vector<Exchange::Result>& results, const RunSettings& settings, DrawKeeper& keeper,
            Progress& progress, const RunWatch& watch) {
  if (results.empty()) {
    return;
  }
  std::vector<StoredDraw> draws;
  for (const Exchange::Result& result : results) {
    draws.push_back({result.pending->key, result.draw, result.values});
  }
  keeper.record(draws);
  for (const Exchange::Result& result : results) {
    if (!settings.checkpoints.empty() && result.pending->measurement->evaluates()) {
      remove_checkpoints(settings.checkpoints, result.pending->key, {seed_of(settings, result.draw)});
    }
    progress.done(result.pending->task, result.draw);
    if (watch.made) {
      watch.made(result.pending->key, result.seconds);
    }
  }
}

/// Measures what is pending of measurements that share their data.
RunEnd measure_group(std::vector<Pending>& group, const RunSettings& settings, const DataSets& data_sets,
                     DrawKeeper& keeper, int threads, Progress& progress, const RunWatch& watch) {
  const Measurement& first = *group.front().measurement;
  const GroupData data(data_sets, first.setting.data, settings.images_of(first.setting.data));
  Exchange exchange(group, keeper.environment(), watch);
  {
    const Workers workers(exchange, settings, data, first.parallelism(), threads, progress);
    while (!exchange.finished()) {
      if (InterruptGuard::requested()) {
        exchange.stop();
      }
      record(exchange.take_results(), settings, keeper, progress, watch);
    }
  }
  if (const auto error = exchange.error()) {
    std::rethrow_exception(error);
  }
  const bool all_done =
      std::all_of(group.begin(), group.end(), [](const Pending& pending) { return pending.draws.empty(); });
  return all_done && !exchange.abandoned() ? RunEnd::complete : RunEnd::interrupted;
}

class StoreKeeper final : public DrawKeeper {
 public:
  explicit StoreKeeper(Store& store) : store_(&store) {}

  [[nodiscard]] std::set<std::int64_t> draws(const std::string& key) const override {
    return store_->draws(key);
  }
  [[nodiscard]] Environment environment() const override { return store_->environment(); }
  void record(const std::vector<StoredDraw>& draws) override { store_->record(draws); }

 private:
  Store* store_;
};

}  // namespace

std::deque<std::int64_t> missing_draws(const std::set<std::int64_t>& present, std::int64_t wanted) {
  std::deque<std::int64_t> missing;
  for (std::int64_t draw = 0; draw < wanted; ++draw) {
    if (!present.contains(draw)) {
      missing.push_back(draw);
    }
  }
  return missing;
}

std::deque<std::int64_t> draws_to_make(const Measurement& measurement, const RunSettings& settings,
                                       const std::set<std::int64_t>& present) {
  std::deque<std::int64_t> draws = missing_draws(present, measurement.draws(settings));
  if (settings.shard) {
    const std::string key = measurement.key(settings);
    std::erase_if(draws, [&](std::int64_t draw) { return !settings.shard->holds(key, draw); });
  }
  return draws;
}

std::unique_ptr<DrawKeeper> keep_in(Store& store) { return std::make_unique<StoreKeeper>(store); }

RunEnd measure(const Measurements& plan, const RunSettings& settings, const DataSets& data, Store& store,
               int threads, const RunWatch& watch) {
  StoreKeeper keeper(store);
  return measure(plan, settings, data, keeper, threads, watch);
}

RunEnd measure(const Measurements& plan, const RunSettings& settings, const DataSets& data,
               DrawKeeper& keeper, int threads, const RunWatch& watch) {
  std::vector<DrawsToMake> wanted;
  for (const MeasurementPtr& measurement : plan) {
    wanted.push_back(
        {measurement, draws_to_make(*measurement, settings, keeper.draws(measurement->key(settings)))});
  }
  Progress progress;
  return make_draws(wanted, settings, data, keeper, threads, progress, watch);
}

RunEnd make_draws(const std::vector<DrawsToMake>& wanted, const RunSettings& settings, const DataSets& data,
                  DrawKeeper& keeper, int threads, Progress& progress, const RunWatch& watch) {
  std::vector<std::vector<Pending>> groups;
  for (const auto& [measurement, draws] : wanted) {
    if (draws.empty()) {
      continue;
    }
    Network network = build(measurement->setting.network);
    const std::size_t task = progress.add({.name = measurement->describe(),
                                           .cost_of_draw = measurement->cost(network, settings),
                                           .networks = draws.back() + 1,
                                           .pending = std::ssize(draws)});
    if (groups.empty() || !groups.back().front().measurement->shares_data_with(*measurement)) {
      groups.emplace_back();
    }
    groups.back().push_back({measurement, std::move(network), measurement->key(settings), task, draws});
  }
  for (auto& group : groups) {
    if (measure_group(group, settings, data, keeper, threads, progress, watch) == RunEnd::interrupted) {
      return RunEnd::interrupted;
    }
  }
  return RunEnd::complete;
}

}  // namespace relu0
