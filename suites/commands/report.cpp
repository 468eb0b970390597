#include "reports/recorded/recorded_results.hpp"
#include "reports/writers/writers.hpp"
#include "suites/command_line/interrupt.hpp"
#include "suites/commands/commands.hpp"
#include "suites/commands/output_file.hpp"
#include "suites/run/environment_check.hpp"
#include "suites/run/environment_facts.hpp"

#include <chrono>
#include <cstdio>
#include <system_error>
#include <thread>

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

ExitCode watch_report(const std::filesystem::path& store_file, const std::filesystem::path& out,
                      double pause_seconds) {
  const InterruptGuard interrupt;
  using Steady = std::chrono::steady_clock;
  std::filesystem::file_time_type seen = std::filesystem::file_time_type::min();
  Steady::time_point due = Steady::now();
  if (!std::filesystem::exists(store_file)) {
    fmt::print(stderr, "relu0: {} does not exist yet; waiting for a run to make it.\n", store_file.string());
  }
  while (!InterruptGuard::requested()) {
    if (Steady::now() >= due) {
      // Before it is read, so that what comes in meanwhile is seen the next time. A run may be about to make
      // it.
      std::error_code missing;
      const auto changed = std::filesystem::last_write_time(store_file, missing);
      if (!missing && changed != seen) {
        write_reports(Store::open_for_reading(store_file), out);
        seen = changed;
        fmt::print("Report: {}\n", (out / "report.html").string());
        std::fflush(stdout);
      }
      due = Steady::now() +
            std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(pause_seconds));
    }
    constexpr std::chrono::milliseconds patience{50};
    std::this_thread::sleep_for(patience);
  }
  return exit_pass;
}

}  // namespace relu0::commands
