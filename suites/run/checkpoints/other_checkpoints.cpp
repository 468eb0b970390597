#include "suites/run/checkpoints/other_checkpoints.hpp"

#include "suites/run/checkpoints/checkpoint_file.hpp"
#include "suites/run/checkpoints/checkpointed_training.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

/// "0a1b….checkpoint (network mlp-3x256, precision fp16, …)", with what tells trainings apart that were made
/// alike; absent where the file does not say it.
std::optional<std::string> described(const std::filesystem::path& file) {
  const std::set<std::string> told{"network", "precision", "s",    "rule",
                                   "epochs",  "optimizer", "seed", "learning rate"};
  std::vector<std::string> words;
  for (const IdentityField& field : CheckpointFile(file).identity()) {
    if (told.contains(field.name)) {
      words.push_back(fmt::format("{} {}", field.name, field.value));
    }
  }
  if (words.empty()) {
    return std::nullopt;
  }
  return fmt::format("{} ({})", file.filename().string(), fmt::join(words, ", "));
}

/// Also what a kill left of one that was being written.
bool is_named_as_checkpoint(const std::filesystem::directory_entry& entry) {
  return std::filesystem::is_regular_file(entry.symlink_status()) &&
         entry.path().filename().string().find(".checkpoint") != std::string::npos;
}

}  // namespace

void OtherCheckpoints::remove() const {
  for (const std::filesystem::path& file : files) {
    CheckpointFile(file).remove();
  }
}

std::string OtherCheckpoints::text(std::size_t most_named) const {
  std::vector<std::string> parts;
  if (!files.empty()) {
    const auto named = static_cast<std::ptrdiff_t>(std::min(most_named, descriptions.size()));
    parts.push_back(fmt::format(
        "{} checkpoint(s) in {}, {:.1f} MiB, of trainings that this run does not make: {}{}", files.size(),
        files.front().parent_path().string(), static_cast<double>(bytes) / (1024 * 1024),
        fmt::join(descriptions.begin(), descriptions.begin() + named, "; "),
        files.size() > most_named ? "; …" : ""));
  }
  for (const std::filesystem::path& file : unreadable) {
    parts.push_back(fmt::format("{} is no checkpoint that can be read, and stays", file.string()));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

OtherCheckpoints other_checkpoints(const std::vector<DrawsToMake>& to_make, const RunSettings& settings) {
  std::set<std::string> wanted;
  for (const auto& [measurement, draws] : to_make) {
    for (const std::int64_t draw : measurement->evaluates() ? draws : std::deque<std::int64_t>{}) {
      wanted.insert(stem_of(checkpoint_of(settings.checkpoints, measurement->key(settings),
                                          settings.seed + static_cast<std::uint64_t>(draw))));
    }
  }
  OtherCheckpoints others;
  std::vector<std::filesystem::path> found;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(settings.checkpoints, error), end; !error && entry != end;
       entry.increment(error)) {
    if (is_named_as_checkpoint(*entry) && !wanted.contains(stem_of(entry->path()))) {
      found.push_back(entry->path());
    }
  }
  std::sort(found.begin(), found.end());
  for (const std::filesystem::path& file : found) {
    if (const std::optional<std::string> description = described(file)) {
      others.files.push_back(file);
      others.descriptions.push_back(*description);
      others.bytes += std::filesystem::file_size(file);
    } else {
      others.unreadable.push_back(file);
    }
  }
  return others;
}

}  // namespace relu0
