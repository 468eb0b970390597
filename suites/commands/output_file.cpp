#include "suites/commands/output_file.hpp"

#include "fixtures/error.hpp"

#include <fstream>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace relu0::commands {

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

}  // namespace relu0::commands
