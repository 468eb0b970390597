#include "suites/run/checkpoints/other_checkpoints.hpp"

#include "suites/run/checkpoints/checkpoint_file.hpp"
#include "suites/run/checkpoints/checkpointed_training.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

/// What the names of a draw's checkpoints begin with.
std::string stem(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  return name.substr(0, name.find('.'));
}

/// "0a1b….checkpoint (mlp-3x256, fp16, s 1, …)", with what tells trainings apart that were made alike.
std::string described(const std::filesystem::path& file) {
  const std::set<std::string> told{"network", "precision", "s",    "rule",
                                   "epochs",  "optimizer", "seed", "learning rate"};
  std::vector<std::string> words;
  for (const IdentityField& field : CheckpointFile(file).identity()) {
    if (told.contains(field.name)) {
      words.push_back(fmt::format("{} {}", field.name, field.value));
    }
  }
  return fmt::format("{} ({})", file.filename().string(),
                     words.empty() ? "which cannot be read" : fmt::format("{}", fmt::join(words, ", ")));
}

}  // namespace

void OtherCheckpoints::remove() const {
  for (const std::filesystem::path& file : files) {
    CheckpointFile(file).remove();
  }
}

std::string OtherCheckpoints::text() const {
  constexpr std::size_t most_named = 3;
  std::vector<std::string> named;
  for (std::size_t i = 0; i < std::min(most_named, files.size()); ++i) {
    named.push_back(described(files[i]));
  }
  return fmt::format("{} checkpoint(s) in {}, {:.1f} MiB, of trainings that this run does not make: {}{}",
                     files.size(), files.front().parent_path().string(),
                     static_cast<double>(bytes) / (1024 * 1024), fmt::join(named, "; "),
                     files.size() > named.size() ? "; …" : "");
}

OtherCheckpoints other_checkpoints(const std::vector<DrawsToMake>& to_make, const RunSettings& settings) {
  std::set<std::string> wanted;
  for (const auto& [measurement, draws] : to_make) {
    for (const std::int64_t draw : measurement->evaluates() ? draws : std::deque<std::int64_t>{}) {
      wanted.insert(stem(checkpoint_of(settings.checkpoints, measurement->key(settings),
                                       settings.seed + static_cast<std::uint64_t>(draw))));
    }
  }
  OtherCheckpoints others;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(settings.checkpoints, error), end; !error && entry != end;
       entry.increment(error)) {
    // Also what a kill left of one that was being written.
    if (entry->is_regular_file() &&
        entry->path().filename().string().find(".checkpoint") != std::string::npos &&
        !wanted.contains(stem(entry->path()))) {
      others.files.push_back(entry->path());
      others.bytes += entry->file_size();
    }
  }
  std::sort(others.files.begin(), others.files.end());
  return others;
}

}  // namespace relu0
