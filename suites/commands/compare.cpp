#include "fixtures/error.hpp"
#include "suites/commands/commands.hpp"
#include "suites/commands/output_file.hpp"
#include "suites/compare/comparison.hpp"
#include "suites/compare/writers.hpp"

#include <system_error>

#include <fmt/format.h>

namespace relu0::commands {

namespace {

/// Throws where the comparison must not be written to the file, or could not be, before anything is compared.
void require_output(const std::filesystem::path& file, const std::filesystem::path& a,
                    const std::filesystem::path& b) {
  require_no_store(file);
  for (const std::filesystem::path& compared : {a, b}) {
    std::error_code ignored;
    if (std::filesystem::equivalent(file, compared, ignored)) {
      throw InputError(fmt::format(
          "{}: is one of the two that are compared, and would be lost; name another file", file.string()));
    }
  }
  require_writable(file);
}

bool name_one_file(const std::filesystem::path& a, const std::filesystem::path& b) {
  return std::filesystem::absolute(a).lexically_normal() == std::filesystem::absolute(b).lexically_normal();
}

}  // namespace

ExitCode compare(const std::filesystem::path& a, const std::filesystem::path& b,
                 const CompareOptions& options) {
  if (options.json && options.markdown && name_one_file(*options.json, *options.markdown)) {
    throw InputError(
        fmt::format("{}: is named for --json and for --markdown; name two files", options.json->string()));
  }
  for (const std::optional<std::filesystem::path>& file : {options.json, options.markdown}) {
    if (file) {
      require_output(*file, a, b);
    }
  }
  const StoreComparison comparison = compare_sides(a, b, options.allow_environments);
  if (options.json) {
    write_output(*options.json, comparison_writers::json(comparison));
  }
  if (options.markdown) {
    write_output(*options.markdown, comparison_writers::markdown(comparison));
  }
  fmt::print("{}", comparison_writers::plain(comparison));
  return comparison.exit_code();
}

}  // namespace relu0::commands
