#pragma once
#include "analysis/training/training.hpp"
#include "suites/run/checkpoints/training_fields.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// A file that keeps where a training is, so that it can go on after its process has ended. One line of JSON
/// (version, identity of the training, what was found so far, sizes of the tensors) after a first line that
/// says what the file is; the tensors' bytes, little-endian; the SHA-256 of all that.
///
/// It is written beside its place, flushed to the disk and then renamed, so that at every moment there is the
/// old or the new one whole.
class CheckpointFile {
 public:
  explicit CheckpointFile(std::filesystem::path file) : file_(std::move(file)) {}

  [[nodiscard]] const std::filesystem::path& path() const { return file_; }

  /// What the training in the file is, as it says itself; empty where that cannot be read. The rest of the
  /// file is not looked at.
  [[nodiscard]] std::vector<IdentityField> identity() const;

  /// The snapshot in the file; absent where there is none. Throws InputError, which names the file, what is
  /// wrong with it and the remedy, for one that is damaged, of another version of the format, or of a
  /// training whose identity is another: the first field that differs is named with both values.
  [[nodiscard]] std::optional<TrainingSnapshot> load(const std::vector<IdentityField>& identity) const;

  /// Puts the snapshot in the place of the one in the file. Throws InputError where that cannot be written, a
  /// full disk among the reasons; the old one is as it was then.
  void save(const std::vector<IdentityField>& identity, const TrainingSnapshot& snapshot) const;

  /// Removes the file, if there is one.
  void remove() const;

 private:
  std::filesystem::path file_;
};

}  // namespace relu0
