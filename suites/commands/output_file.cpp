#include "suites/commands/output_file.hpp"

#include "fixtures/error.hpp"
#include "reports/writers/replace_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace relu0::commands {

namespace {

[[noreturn]] void throw_not_written(const std::filesystem::path& file, int error) {
  throw InputError(
      fmt::format("{}: cannot be written ({}); name a file in a folder that is there and can be "
                  "written to",
                  file.string(), std::strerror(error)));
}

}  // namespace

void require_no_store(const std::filesystem::path& file) {
  // What every SQLite file begins with (https://www.sqlite.org/fileformat.html, section 1.3.1).
  constexpr std::string_view sqlite = "SQLite format 3";
  std::ifstream in(file, std::ios::binary);
  std::string begin(sqlite.size(), '\0');
  if (in.read(begin.data(), static_cast<std::streamsize>(begin.size())) && begin == sqlite) {
    throw InputError(
        fmt::format("{}: is a store of measurements, which would be lost; name another file", file.string()));
  }
}

void require_writable(const std::filesystem::path& file, const std::filesystem::path& out) {
  if (std::filesystem::is_directory(file)) {
    throw_not_written(file, EISDIR);
  }
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  const bool is_made_later = !out.empty() && !std::filesystem::exists(folder) &&
                             std::filesystem::weakly_canonical(folder) ==
                                 std::filesystem::weakly_canonical(std::filesystem::absolute(out));
  if (const int error = is_made_later ? 0 : why_not_replaceable(file); error != 0) {
    throw_not_written(file, error);
  }
}

void write_output(const std::filesystem::path& file, std::string_view text) {
  if (const int error = replace_file(file, text); error != 0) {
    throw_not_written(file, error);
  }
}

}  // namespace relu0::commands
