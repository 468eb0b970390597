#include "suites/compare/side.hpp"

#include "suites/command_line/exit_code.hpp"

#include <utility>

#include <fmt/format.h>

namespace relu0 {

ComparedSide open_side(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) {
    throw EnvironmentMismatch(
        fmt::format("{}: there is no such store; give two files results.sqlite, or recorded results (*.json) "
                    "for one of them",
                    file.string()));
  }
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
