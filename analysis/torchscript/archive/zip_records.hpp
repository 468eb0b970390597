#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relu0 {

/// A record of a zip archive as its directory describes it.
struct ZipRecord {
  std::string name;
  std::uint64_t size = 0;         ///< unpacked
  std::uint64_t packed_size = 0;  ///< in the file
  bool is_regular = true;         ///< no link, folder or device, as far as the archive says
};

/// A zip archive that is held in memory. Nothing is ever unpacked into files.
class ZipArchive {
 public:
  /// Throws InputError naming `path` where the bytes are no complete zip archive.
  ZipArchive(const std::filesystem::path& path, std::shared_ptr<const std::string> bytes);
  ~ZipArchive();
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;
  ZipArchive(ZipArchive&&) = delete;
  ZipArchive& operator=(ZipArchive&&) = delete;

  [[nodiscard]] const std::vector<ZipRecord>& records() const { return records_; }
  /// The record of that name below the one folder that PyTorch puts all records into; null where there is
  /// none. Letters' case does not count, as in LibTorch's reader. Throws InputError where several fit.
  [[nodiscard]] const ZipRecord* find(std::string_view name) const;
  /// What a record unpacks to, which is as many bytes as the directory says. Throws InputError where it is
  /// damaged or does not fit its description.
  [[nodiscard]] std::string content(const ZipRecord& record) const;

 private:
  struct State;
  std::filesystem::path path_;
  std::unique_ptr<State> state_;
  std::vector<ZipRecord> records_;
};

/// Throws InputError for a record that is no regular file, and for one whose name leads out of the folder
/// that it would be unpacked into ("../x", "/x"). Nothing here unpacks it, but no writer of models makes one.
void check_names(const std::filesystem::path& path, const ZipArchive& archive);

/// Throws InputError for a record that claims to unpack to more than deflate can reach from its packed size
/// (1,032 times, https://zlib.net/zlib_tech.html), and for an archive that unpacks to more than `limit`
/// bytes.
void check_sizes(const std::filesystem::path& path, const ZipArchive& archive, std::uint64_t limit);

}  // namespace relu0
