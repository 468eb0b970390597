#include "reports/store/store.hpp"
#include "reports/writers/writers.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace relu0 {
namespace {

namespace fs = std::filesystem;

constexpr mode_t readable_by_all = 0644;

[[noreturn]] void fail(const fs::path& file, int error) {
  throw StoreError(
      fmt::format("report {} cannot be written ({}). Free some space or make its folder writable, then make "
                  "the reports again: the measurements are safe in the result store.",
                  file.string(), std::generic_category().message(error)),
      StoreRemedy::free_space);
}

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

void replace_file(const fs::path& file, std::string_view text) {
  // The process id keeps two writers of the same report from sharing a temporary file.
  fs::path temporary = file;
  temporary += fmt::format(".{}.tmp", ::getpid());
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, readable_by_all);
  if (descriptor < 0) {
    fail(file, errno);
  }
  int error = write_through(descriptor, text);
  if (::close(descriptor) != 0 && error == 0) {
    error = errno;
  }
  if (error == 0 && ::rename(temporary.c_str(), file.c_str()) != 0) {
    error = errno;
  }
  if (error == 0) {
    return;
  }
  ::unlink(temporary.c_str());
  fail(file, error);
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    fail(folder, error.value());
  }
}

}  // namespace

void write_reports(const Store& store, const fs::path& folder) {
  // All texts are made before any is written, so that a store that cannot be read leaves the old reports as
  // they were, all of one state.
  const std::array<std::pair<const char*, std::string>, 4> reports{{
      {"report.html", html_report(store)},
      {"results.json", json_results(store)},
      {"junit.xml", junit_report(store)},
      {"summary.md", markdown_summary(store)},
  }};
  make_folder(folder);
  for (const auto& [name, text] : reports) {
    replace_file(folder / name, text);
  }
}

}  // namespace relu0
