#include "suites/run/checkpoints/checkpointed_training.hpp"

#include "fixtures/data/files/digest.hpp"
#include "fixtures/error.hpp"
#include "suites/command_line/interrupt.hpp"
#include "suites/run/checkpoints/checkpoint_file.hpp"
#include "suites/run/runner.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <system_error>

#include <fmt/format.h>

namespace relu0 {

namespace {

using Time = std::chrono::steady_clock;

constexpr std::chrono::seconds least_interval{60};
constexpr int intervals_of_its_cost = 100;

CheckpointFile in_folder(const std::filesystem::path& file) {
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) {
    throw InputError(
        fmt::format("{}: the folder of checkpoints cannot be made ({}); choose another one by --out",
                    file.parent_path().string(), error.message()));
  }
  return CheckpointFile(file);
}

/// "mlp-3x256 …: epoch 3 of 10, step 17; last test accuracy 0.953"
std::string where(const Training& training, const std::string& shown) {
  const TrainingOutcome& outcome = training.outcome();
  const auto next = std::min<std::int64_t>(std::ssize(outcome.epochs) + 1, outcome.planned_epochs);
  std::string text = fmt::format("{}: epoch {} of {}, step {}", shown, next, outcome.planned_epochs,
                                 training.epoch_in_progress().steps);
  if (const EpochInProgress& epoch = training.epoch_in_progress(); epoch.images > 0) {
    text += fmt::format(", training accuracy {:.3f}",
                        static_cast<double>(epoch.correct) / static_cast<double>(epoch.images));
  }
  if (!outcome.epochs.empty()) {
    text += fmt::format(", test accuracy {:.3f}", outcome.final_test_accuracy());
  }
  return text;
}

}  // namespace

std::filesystem::path checkpoint_of(const std::filesystem::path& folder, const std::string& key,
                                    std::uint64_t seed) {
  constexpr std::size_t digits = 32;
  return folder / (sha256_of_text(fmt::format("{} {}", key, seed)).substr(0, digits) + ".checkpoint");
}

TrainingOutcome run_with_checkpoints(Training& training, const KeptTraining& kept) {
  const std::optional<CheckpointFile> file = kept.file ? std::optional(in_folder(*kept.file)) : std::nullopt;
  if (file) {
    if (auto snapshot = file->load(training.identity())) {
      training.restore(*std::move(snapshot));
    }
  }
  Time::time_point last = Time::now();
  Time::duration interval = least_interval;
  const auto save = [&] {
    const Time::time_point begun = Time::now();
    file->save(training.identity(), training.snapshot());
    last = Time::now();
    interval = std::max<Time::duration>(least_interval, intervals_of_its_cost * (last - begun));
  };
  while (!training.finished()) {
    training.step();
    if (file && InterruptGuard::requested() && !training.finished()) {
      save();
      throw DrawInterrupted();
    }
    if (file && Time::now() - last > interval) {
      save();
    }
    if (kept.tell) {
      kept.tell(where(training, kept.shown));
    }
  }
  return training.outcome();
}

}  // namespace relu0
