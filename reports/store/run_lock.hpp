#pragma once
#include <filesystem>

namespace relu0 {

/// Keeps a second run off a result store. It is an flock() on the store's file: SQLite's own locks are of
/// another kind (fcntl), so that readers never see it, and the kernel drops it with the process, however that
/// ends.
class RunLock {
 public:
  /// Opens the file for writing, makes it if it does not exist, and locks it. Throws StoreError at once when
  /// another run holds the lock, or when the file cannot be opened for writing.
  explicit RunLock(const std::filesystem::path& file);
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;
  RunLock(RunLock&&) = delete;
  RunLock& operator=(RunLock&&) = delete;
  /// Unlocks. To be called after SQLite has closed the file: closing any descriptor of a file drops all fcntl
  /// locks that the process has on it.
  ~RunLock();

 private:
  int descriptor_;
};

}  // namespace relu0
