#include "suites/commands/run/dry_run.hpp"

#include "suites/run/runner.hpp"

#include <iterator>

#include <fmt/format.h>

namespace relu0::commands {

void print_plan(const PlannedRun& run,
                const std::function<std::set<std::int64_t>(const std::string&)>& kept) {
  std::int64_t all = 0;
  std::int64_t all_missing = 0;
  fmt::print("{}\n", run.command);
  for (const MeasurementPtr& measurement : run.measurements) {
    const std::int64_t draws = std::ssize(draws_to_make(*measurement, run.settings, {}));
    const std::int64_t missing =
        std::ssize(draws_to_make(*measurement, run.settings, kept(measurement->key(run.settings))));
    fmt::print("  {}: {} network(s){}\n", measurement->describe(), draws,
               missing == draws ? "" : fmt::format(", {} of them measured already", draws - missing));
    all += draws;
    all_missing += missing;
  }
  fmt::print("{} network(s) in all, {} of them to be measured. A dry run: nothing was measured or written.\n",
             all, all_missing);
}

}  // namespace relu0::commands
