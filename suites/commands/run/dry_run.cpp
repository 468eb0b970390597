#include "suites/commands/run/dry_run.hpp"

#include "suites/measurements/base/cost.hpp"
#include "suites/run/runner.hpp"
#include "suites/verdicts/wording.hpp"

#include <iterator>
#include <string>

#include <fmt/format.h>

namespace relu0::commands {

namespace {

/// About how long so many draws of a measurement take one core of a CPU, by their arithmetic alone.
double estimated_seconds(const Measurement& measurement, const RunSettings& settings, std::int64_t draws) {
  return static_cast<double>(draws) * measurement.cost(build(measurement.setting.network), settings) /
         multiply_adds_a_second;
}

std::string time_in_words(double seconds) {
  return seconds < 1 ? "less than 1 s" : wording::duration(seconds);
}

std::string total_estimate(double seconds) {
  return fmt::format(
      "Estimated time: {} of one core, by the arithmetic of the draws at {} multiply-adds a second; it "
      "may be off by several times. Draws are made side by side on as many cores as --threads says.",
      time_in_words(seconds), wording::number(multiply_adds_a_second));
}

}  // namespace

void print_plan(const PlannedRun& run,
                const std::function<std::set<std::int64_t>(const std::string&)>& kept) {
  const bool on_cpu = run.settings.device == Device::cpu;
  std::int64_t all = 0;
  std::int64_t all_missing = 0;
  double all_seconds = 0;
  fmt::print("{}\n", run.command);
  for (const MeasurementPtr& measurement : run.measurements) {
    const std::int64_t draws = std::ssize(draws_to_make(*measurement, run.settings, {}));
    const std::int64_t missing =
        std::ssize(draws_to_make(*measurement, run.settings, kept(measurement->key(run.settings))));
    const double seconds = estimated_seconds(*measurement, run.settings, missing);
    fmt::print(
        "  {}: {} network(s){}{}\n", measurement->describe(), draws,
        missing == draws ? "" : fmt::format(", {} of them measured already", draws - missing),
        on_cpu && missing > 0 ? fmt::format(", estimated at {} of a core", time_in_words(seconds)) : "");
    all += draws;
    all_missing += missing;
    all_seconds += seconds;
  }
  fmt::print("{}\n", on_cpu ? total_estimate(all_seconds)
                            : "Estimated time: none, since what a draw costs is known for a CPU only.");
  fmt::print("{} network(s) in all, {} of them to be measured. A dry run: nothing was measured or written.\n",
             all, all_missing);
}

}  // namespace relu0::commands
