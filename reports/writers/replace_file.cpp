#include "reports/writers/replace_file.hpp"

#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace relu0 {
namespace {

constexpr mode_t report_mode = 0644;

/// Writes the text to the disk and waits until it is there. Returns an error number, or 0.
int write_through(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return errno;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0 ? 0 : errno;
}

/// The process id keeps two writers of the same file from sharing a temporary one.
std::filesystem::path temporary_beside(const std::filesystem::path& file) {
  std::filesystem::path temporary = file;
  temporary += fmt::format(".{}.tmp", ::getpid());
  return temporary;
}

int open_to_write(const std::filesystem::path& file) {
  return ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, report_mode);
}

}  // namespace

int why_not_replaceable(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    return EISDIR;
  }
  const std::filesystem::path temporary = temporary_beside(file);
  const int descriptor = open_to_write(temporary);
  if (descriptor < 0) {
    return errno;
  }
  ::close(descriptor);
  return ::unlink(temporary.c_str()) == 0 ? 0 : errno;
}

int why_not_writable(const std::filesystem::path& folder) {
  std::filesystem::path there = std::filesystem::absolute(folder);
  std::error_code error;
  while (!std::filesystem::exists(there, error) && there.has_parent_path() && there != there.parent_path()) {
    if (error && error != std::errc::not_a_directory) {
      return error.value();
    }
    there = there.parent_path();
  }
  return std::filesystem::is_directory(there, error) ? why_not_replaceable(there / "relu0") : ENOTDIR;
}

int replace_file(const std::filesystem::path& file, std::string_view text) {
  const std::filesystem::path temporary = temporary_beside(file);
  const int descriptor = open_to_write(temporary);
  if (descriptor < 0) {
    return errno;
  }
  int error = write_through(descriptor, text);
  if (::close(descriptor) != 0 && error == 0) {
    error = errno;
  }
  if (error == 0 && ::rename(temporary.c_str(), file.c_str()) != 0) {
    error = errno;
  }
  if (error != 0) {
    ::unlink(temporary.c_str());
  }
  return error;
}

}  // namespace relu0
