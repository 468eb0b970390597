#include "suites/compare/side.hpp"

#include "fixtures/error.hpp"
#include "suites/command_line/exit_code.hpp"

#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace relu0 {

namespace {

/// Throws where there is no such file, or a folder of that name.
void require_file(const std::filesystem::path& file) {
  constexpr const char* wanted =
      "give the results.sqlite of a run, or what `relu0 report --record` made of it (*.json)";
  std::error_code ignored;  // a file that cannot be looked at is refused when it is opened
  const std::filesystem::file_status status = std::filesystem::status(file, ignored);
  if (status.type() == std::filesystem::file_type::not_found) {
    throw EnvironmentMismatch(fmt::format("{}: there is no such file; {}", file.string(), wanted));
  }
  if (status.type() == std::filesystem::file_type::directory) {
    const std::filesystem::path inside = file / "results.sqlite";
    throw InputError(
        std::filesystem::exists(inside, ignored)
            ? fmt::format("{}: is a folder; give the store in it, {}", file.string(), inside.string())
            : fmt::format("{}: is a folder; {}", file.string(), wanted));
  }
}

}  // namespace

ComparedSide open_side(const std::filesystem::path& file) {
  require_file(file);
  if (is_recorded(file)) {
    RecordedResults recorded = read_recorded(file);
    return {.file = file.string(),
            .environment = std::move(recorded.environment),
            .findings = std::move(recorded.findings)};
  }
  Store store = Store::open_for_reading(file);
  ComparedSide side{.file = file.string(), .environment = store.environment(), .findings = {}};
  for (const Finding& finding : store.results().findings) {
    if (finding.verdict != Verdict::not_run) {
      side.findings.push_back(recorded_finding(finding));
    }
  }
  side.store = std::move(store);
  return side;
}

}  // namespace relu0
