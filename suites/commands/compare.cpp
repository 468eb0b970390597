#include "fixtures/error.hpp"
#include "reports/writers/replace_file.hpp"
#include "suites/commands/commands.hpp"
#include "suites/commands/output_file.hpp"
#include "suites/compare/comparison.hpp"
#include "suites/compare/writers.hpp"

#include <cstring>

#include <fmt/format.h>

namespace relu0::commands {

namespace {

void write(const std::optional<std::filesystem::path>& file, const std::string& text) {
  if (!file) {
    return;
  }
  if (const int error = replace_file(*file, text); error != 0) {
    throw InputError(
        fmt::format("{}: cannot be written ({}); name a file in a folder that is there and can be "
                    "written to",
                    file->string(), std::strerror(error)));
  }
}

}  // namespace

ExitCode compare(const std::filesystem::path& a, const std::filesystem::path& b,
                 const CompareOptions& options) {
  if (options.json && options.json == options.markdown) {
    throw InputError(
        fmt::format("{}: is named for --json and for --markdown; name two files", options.json->string()));
  }
  for (const std::optional<std::filesystem::path>& file : {options.json, options.markdown}) {
    if (file) {
      require_no_store(*file);
    }
  }
  const StoreComparison comparison = compare_sides(a, b, options.allow_environments);
  write(options.json, comparison_writers::json(comparison));
  write(options.markdown, comparison_writers::markdown(comparison));
  fmt::print("{}", comparison_writers::plain(comparison));
  return comparison.exit_code();
}

}  // namespace relu0::commands
