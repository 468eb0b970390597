#include "suites/commands/run/dry_run.hpp"

#include "suites/measurements/base/cost.hpp"
#include "suites/run/runner.hpp"
#include "suites/verdicts/wording.hpp"

#include <cstdint>
#include <iterator>
#include <set>
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

/// The networks of one measurement, or of all.
struct Networks {
  std::int64_t draws = 0;    ///< that the run may draw
  std::int64_t missing = 0;  ///< of these, not measured yet
};

Networks networks_of(const Measurement& measurement, const RunSettings& settings, bool by_results,
                     const std::set<std::int64_t>& kept) {
  if (by_results) {
    const std::int64_t most = measurement.most_draws(settings);
    return {most, std::ssize(missing_draws(kept, most))};
  }
  return {std::ssize(draws_to_make(measurement, settings, {})),
          std::ssize(draws_to_make(measurement, settings, kept))};
}

std::string already_measured(const Networks& networks) {
  return networks.missing == networks.draws
             ? ""
             : fmt::format(", {} of them measured already", networks.draws - networks.missing);
}

/// What is estimated of a measurement's time: that of one network where results decide how many there are.
std::string estimate(const Measurement& measurement, const RunSettings& settings, bool by_results,
                     const Networks& networks) {
  if (settings.device != Device::cpu || networks.missing == 0) {
    return "";
  }
  return fmt::format(
      ", {}estimated at {} of a core", by_results ? "each " : "",
      time_in_words(estimated_seconds(measurement, settings, by_results ? 1 : networks.missing)));
}

std::string fixed_number(const RunSettings& settings, const Networks& all, double seconds) {
  return fmt::format("{}\n{} network(s) in all, {} of them to be measured.",
                     settings.device == Device::cpu
                         ? total_estimate(seconds)
                         : "Estimated time: none, since what a draw costs is known for a CPU only.",
                     all.draws, all.missing);
}

std::string number_by_results(const Networks& all) {
  return fmt::format(
      "The results decide how many of these networks are drawn, at most {}, {} of them not measured yet: for "
      "the headline findings that are open, the cheapest to decide first, until all are decided or the "
      "budget, where one is given, is spent.",
      all.draws, all.missing);
}

}  // namespace

void print_plan(const PlannedRun& run, bool by_results,
                const std::function<std::set<std::int64_t>(const std::string&)>& kept) {
  Networks all;
  double seconds = 0;
  fmt::print("{}\n", run.command);
  for (const MeasurementPtr& measurement : run.measurements) {
    const Networks networks =
        networks_of(*measurement, run.settings, by_results, kept(measurement->key(run.settings)));
    fmt::print("  {}: {}{} network(s){}{}\n", measurement->describe(), by_results ? "at most " : "",
               networks.draws, already_measured(networks),
               estimate(*measurement, run.settings, by_results, networks));
    all.draws += networks.draws;
    all.missing += networks.missing;
    seconds += estimated_seconds(*measurement, run.settings, networks.missing);
  }
  fmt::print("{} A dry run: nothing was measured or written.\n",
             by_results ? number_by_results(all) : fixed_number(run.settings, all, seconds));
}

}  // namespace relu0::commands
