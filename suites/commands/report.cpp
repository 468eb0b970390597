#include "reports/writers/writers.hpp"
#include "suites/commands/commands.hpp"

#include <fmt/format.h>

namespace relu0::commands {

ExitCode report(const std::filesystem::path& store_file, const std::filesystem::path& out) {
  const Store store = Store::open_for_reading(store_file);
  write_reports(store, out);
  fmt::print("Report: {}\n", (out / "report.html").string());
  return store.results().findings.empty() ? exit_inconclusive : exit_pass;
}

}  // namespace relu0::commands
