#include "suites/run/checkpoints/checkpointed_training.hpp"

#include "fixtures/data/files/digest.hpp"
#include "fixtures/error.hpp"
#include "suites/command_line/interrupt.hpp"
#include "suites/run/checkpoints/checkpoint_file.hpp"
#include "suites/run/runner.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <system_error>

#include <fmt/format.h>

namespace relu0 {

namespace {

constexpr int intervals_of_its_cost = 100;

/// The names of all files of a draw's checkpoints, up to their first point.
std::string stem_of(const std::string& key, std::uint64_t seed) {
  constexpr std::size_t digits = 32;
  return sha256_of_text(fmt::format("{} {}", key, seed)).substr(0, digits);
}

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

/// "epoch 3 of 10, step 17, training accuracy 0.961, test accuracy 0.953". evaluated: what the images are
/// that it classifies after an epoch.
std::string state_of(const Training& training, const char* evaluated) {
  const TrainingOutcome& outcome = training.outcome();
  const auto next = std::min<std::int64_t>(std::ssize(outcome.epochs) + 1, outcome.planned_epochs);
  std::string text = fmt::format("epoch {} of {}, step {}", next, outcome.planned_epochs,
                                 training.epoch_in_progress().steps);
  if (const EpochInProgress& epoch = training.epoch_in_progress(); epoch.images > 0) {
    text += fmt::format(", training accuracy {:.3f}",
                        static_cast<double>(epoch.correct) / static_cast<double>(epoch.images));
  }
  if (!outcome.epochs.empty()) {
    text += fmt::format(", {} accuracy {:.3f}", evaluated, outcome.final_test_accuracy());
  }
  return text;
}

}  // namespace

std::string stem_of(const std::filesystem::path& checkpoint) {
  const std::string name = checkpoint.filename().string();
  return name.substr(0, name.find('.'));
}

std::filesystem::path checkpoint_of(const std::filesystem::path& folder, const std::string& key,
                                    std::uint64_t seed) {
  return folder / (stem_of(key, seed) + ".checkpoint");
}

void remove_checkpoints(const std::filesystem::path& folder, const std::string& key,
                        const std::vector<std::uint64_t>& seeds) {
  std::set<std::string> stems;
  for (const std::uint64_t seed : seeds) {
    stems.insert(stem_of(key, seed));
  }
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (stems.contains(stem_of(entry->path()))) {
      files.push_back(entry->path());
    }
  }
  for (const std::filesystem::path& file : files) {
    CheckpointFile(file).remove();
  }
}

std::filesystem::path CheckpointedTrainings::file_of(const std::string& part) const {
  std::filesystem::path file = *kept_.file;
  return part.empty() ? file : file.replace_extension(part + file.extension().string());
}

void CheckpointedTrainings::take_up(Training& training, const std::string& part) {
  if (auto resting = resting_.extract(part)) {
    training.restore(std::move(resting.mapped().snapshot));
  } else if (kept_.file) {
    if (auto snapshot = CheckpointFile(file_of(part)).load(training.identity())) {
      training.restore(*std::move(snapshot));
      steps_taken_up_ += training.steps();
    }
  }
}

void CheckpointedTrainings::write(const Training& running, const std::string& part) {
  const Time::time_point begun = Time::now();
  // Those that rest go first: what is running rests on them.
  for (auto& [of_part, resting] : resting_) {
    if (!resting.written) {
      in_folder(file_of(of_part)).save(resting.identity, resting.snapshot);
      resting.written = true;
    }
  }
  in_folder(file_of(part)).save(running.identity(), running.snapshot());
  last_ = Time::now();
  interval_ = std::max<Time::duration>(least_interval, intervals_of_its_cost * (last_ - begun));
}

void CheckpointedTrainings::run(Training& training, const std::string& part, std::int64_t steps,
                                const std::string& shown) {
  while (!training.finished() && training.steps() < steps) {
    training.step();
    ++steps_taken_;
    if (kept_.file && InterruptGuard::requested() && !training.finished()) {
      write(training, part);
      throw DrawInterrupted();
    }
    if (kept_.file && Time::now() - last_ > interval_) {
      write(training, part);
    }
    tell(training, part, shown);
  }
}

void CheckpointedTrainings::tell(const Training& training, const std::string& part,
                                 const std::string& shown) const {
  if (!kept_.tell) {
    return;
  }
  const auto share = [this](std::int64_t steps) {
    return static_cast<double>(steps) / static_cast<double>(kept_.steps);
  };
  kept_.tell({.draw = kept_.shown + shown,
              .state = state_of(training, part.empty() ? "test" : "validation"),
              .made = share(steps_taken_),
              .before = share(steps_taken_up_)});
}

void CheckpointedTrainings::rest(const Training& training, const std::string& part) {
  resting_[part] = {.identity = training.identity(), .snapshot = training.snapshot()};
}

}  // namespace relu0
