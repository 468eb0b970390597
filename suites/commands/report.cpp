#include "reports/recorded/recorded_results.hpp"
#include "reports/writers/writers.hpp"
#include "suites/commands/commands.hpp"
#include "suites/commands/output_file.hpp"
#include "suites/run/environment_check.hpp"
#include "suites/run/environment_facts.hpp"

#include <fmt/format.h>

namespace relu0::commands {

ExitCode report(const std::filesystem::path& store_file, const std::filesystem::path& out,
                const std::optional<std::filesystem::path>& record) {
  if (record) {
    require_no_store(*record);
    require_writable(*record, out);
  }
  const Store store = Store::open_for_reading(store_file);
  const std::optional<RecordedResults> recorded =
      record ? std::optional(recorded_from(store)) : std::optional<RecordedResults>();
  write_reports(store, out);
  if (recorded) {
    write_recorded(*recorded, *record);
    fmt::print("Recorded: {}\n", record->string());
  }
  const Environment environment = store.environment();
  if (const auto unrecorded = difference(environment, environment, recorded_facts()).unrecorded_a;
      !unrecorded.empty() && !environment.empty()) {
    fmt::print(
        "Note: this store does not record, for all of its measurements, some of what bits depend on: {}\n",
        list_facts(unrecorded));
  }
  fmt::print("Report: {}\n", (out / "report.html").string());
  return store.results().findings.empty() ? exit_inconclusive : exit_pass;
}

}  // namespace relu0::commands
