#include "suites/run/workers/workers.hpp"

#include "analysis/machine/kernels.hpp"
#include "fixtures/error.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/command_line/interrupt.hpp"
#include "suites/process/child_process.hpp"
#include "suites/run/environment_facts.hpp"
#include "suites/run/workers/worker_channel.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <map>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace relu0::workers {

namespace {

/// Still this executable where its file was replaced since.
constexpr const char* this_executable = "/proc/self/exe";

/// The choices of libraries that a plan needs workers for, in the order in which they first occur.
std::vector<LibraryChoice> choices(const Measurements& plan) {
  std::vector<LibraryChoice> result;
  for (const MeasurementPtr& measurement : plan) {
    const LibraryChoice& libraries = measurement->setting.libraries;
    if (!libraries.is_usual() && std::find(result.begin(), result.end(), libraries) == result.end()) {
      result.push_back(libraries);
    }
  }
  return result;
}

/// Measurements by their key.
std::map<std::string, MeasurementPtr> by_key(const Measurements& plan, const RunSettings& settings) {
  std::map<std::string, MeasurementPtr> result;
  for (const MeasurementPtr& measurement : plan) {
    result.emplace(measurement->key(settings), measurement);
  }
  return result;
}

bool complete(const Measurements& plan, const RunSettings& settings, const Store& store) {
  return std::all_of(plan.begin(), plan.end(), [&](const MeasurementPtr& measurement) {
    return draws_to_make(*measurement, settings, store.draws(measurement->key(settings))).empty();
  });
}

std::vector<std::string> arguments_of_worker(const RunOptions& options, const LibraryChoice& libraries,
                                             int threads) {
  std::vector<std::string> words = canonical_arguments(options);
  const auto add = [&words](const std::string& option, const std::string& value) {
    words.push_back(option);
    words.push_back(value);
  };
  add("--out", options.out.string());
  add("--threads", std::to_string(threads));
  add("--worker", name(libraries));
  add("--worker-of", std::to_string(getpid()));
  return words;
}

/// What one worker does for its run.
class Worker {
 public:
  Worker(const Measurements& plan, const RunSettings& settings, const RunOptions& options,
         const Environment& environment, const LibraryChoice& libraries, Store& store, int threads)
      : wanted_(by_key(plan, settings)),
        environment_(&environment),
        libraries_(&libraries),
        store_(&store),
        process_({.program = this_executable,
                  .arguments = arguments_of_worker(options, libraries, threads),
                  .variables = variables_of(libraries),
                  .piped = {channel}}) {}

  /// Records what it measures until it ends, and returns its exit code.
  int take_over() {
    constexpr std::chrono::milliseconds patience{100};
    std::string text;
    bool asked_to_stop = false;
    while (process_.read(text, patience) != ChildProcess::Output::end) {
      while (const auto line = take_line(text)) {
        take(parse_line(*line));
      }
      if (InterruptGuard::requested() && !asked_to_stop) {
        asked_to_stop = true;
        process_.signal(SIGTERM);
      }
    }
    return process_.wait();
  }

 private:
  void take(std::variant<Environment, StoredDraw> told) {
    if (const auto* environment = std::get_if<Environment>(&told)) {
      require_same_but_for_libraries(*environment_, *environment, *libraries_);
      accepted_ = true;
      return;
    }
    const auto& draw = std::get<StoredDraw>(told);
    if (!accepted_ || !wanted_.contains(draw.key)) {
      throw std::runtime_error(fmt::format("the worker process for {} measured what it was not asked for: {}",
                                           name(*libraries_), draw.key));
    }
    store_->record(draw);
  }

  std::map<std::string, MeasurementPtr> wanted_;
  const Environment* environment_;
  const LibraryChoice* libraries_;
  Store* store_;
  ChildProcess process_;
  bool accepted_ = false;  ///< its environment is one that it may measure in
};

/// Passes draws on to the run.
class ChannelKeeper final : public DrawKeeper {
 public:
  /// The draws that are there already, of each key.
  ChannelKeeper(Environment environment, std::map<std::string, std::set<std::int64_t>> present)
      : environment_(std::move(environment)), present_(std::move(present)) {
    write(line_of(environment_));
  }

  [[nodiscard]] std::set<std::int64_t> draws(const std::string& key) const override {
    const auto found = present_.find(key);
    return found == present_.end() ? std::set<std::int64_t>{} : found->second;
  }
  [[nodiscard]] Environment environment() const override { return environment_; }
  void record(const std::vector<StoredDraw>& draws) override {
    for (const StoredDraw& draw : draws) {
      write(line_of(draw));
    }
  }

 private:
  static void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::write(channel, text.data(), text.size());
      if (count < 0 && errno == EINTR) {
        continue;
      }
      if (count < 0) {
        throw InputError(
            "--worker: there is no run that reads what this process measures; the option is "
            "for relu0's own use");
      }
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  Environment environment_;
  std::map<std::string, std::set<std::int64_t>> present_;
};

/// The facts that a choice of libraries changes.
std::set<std::string> steered_facts(const LibraryChoice& libraries) {
  std::set<std::string> result{facts::blas, facts::onednn, facts::libtorch, facts::other_operations};
  for (const KernelInUse& kernel : kernels_in_use()) {
    result.insert(kernel.operation);
  }
  for (const auto& [variable, value] : variables_of(libraries)) {
    result.insert(fmt::format("{}{}", facts::variable_prefix, variable));
  }
  return result;
}

}  // namespace

Measurements with_libraries(const Measurements& plan, const LibraryChoice& libraries) {
  Measurements result;
  std::copy_if(plan.begin(), plan.end(), std::back_inserter(result),
               [&](const MeasurementPtr& of) { return of->setting.libraries == libraries; });
  return result;
}

void require_same_but_for_libraries(const Environment& of_run, const Environment& of_worker,
                                    const LibraryChoice& libraries) {
  const EnvironmentDifference found = difference(of_run, of_worker, recorded_facts());
  const std::set<std::string> steered = steered_facts(libraries);
  std::set<std::string> others;
  for (const auto* list : {&found.differing, &found.unrecorded_a, &found.unrecorded_b}) {
    std::copy_if(list->begin(), list->end(), std::inserter(others, others.end()),
                 [&](const std::string& fact) { return !steered.contains(fact); });
  }
  const auto revision = [](const Environment& of) {
    const auto entry = of.find(facts::relu0_revision);
    return entry == of.end() ? std::string() : entry->second;
  };
  if (revision(of_run) != revision(of_worker)) {
    others.insert(facts::relu0_revision);
  }
  if (!others.empty()) {
    throw EnvironmentMismatch(
        fmt::format("the worker process for {} computes in another environment than its run: {} differ. "
                    "Nothing of it was kept; start the run again",
                    name(libraries), fmt::join(others, ", ")));
  }
}

RunEnd measure_in_workers(const Measurements& plan, const RunSettings& settings, const RunOptions& options,
                          const Environment& environment, Store& store, int threads) {
  for (const LibraryChoice& libraries : choices(plan)) {
    const Measurements part = with_libraries(plan, libraries);
    if (complete(part, settings, store)) {
      continue;
    }
    if (InterruptGuard::requested()) {
      return RunEnd::interrupted;
    }
    const int code = Worker(part, settings, options, environment, libraries, store, threads).take_over();
    if (code == exit_environment) {
      throw EnvironmentMismatch(fmt::format(
          "the worker process for {} could not measure here; its own message says why", name(libraries)));
    }
    if (InterruptGuard::requested() && !complete(part, settings, store)) {
      return RunEnd::interrupted;
    }
    if (code != exit_pass || !complete(part, settings, store)) {
      throw std::runtime_error(
          fmt::format("the worker process for {} ended with exit code {}{}. What it measured is kept; --only "
                      "can leave this kernel out",
                      name(libraries), code, code > 128 ? fmt::format(" (signal {})", code - 128) : ""));
    }
  }
  return RunEnd::complete;
}

RunEnd work(const Measurements& plan, const RunSettings& settings, const RunOptions& options,
            const Environment& environment, const DataSets& data, int threads) {
  const Measurements part = with_libraries(plan, options.worker->libraries);
  std::map<std::string, std::set<std::int64_t>> present;
  {
    // Closed before the run, which waits for nothing but the draws, writes again.
    const Store store = Store::open_for_reading(options.out / "results.sqlite");
    for (const MeasurementPtr& measurement : part) {
      const std::string key = measurement->key(settings);
      present.emplace(key, store.draws(key));
    }
  }
  ChannelKeeper keeper(environment, std::move(present));
  return measure(part, settings, data, keeper, threads);
}

void become(const WorkerRole& role) {
  // The run may have ended before the kernel was asked to watch it.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != role.parent) {
    throw InputError(
        "--worker: the run that started this process has ended; the option is for relu0's own "
        "use");
  }
  apply_in_process(role.libraries);
}

}  // namespace relu0::workers
