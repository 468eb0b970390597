#include "suites/verdicts/wording.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace relu0::wording {

std::string fraction(Proportion proportion) {
  return fmt::format("{}/{}", proportion.successes, proportion.trials);
}

std::string count(Proportion proportion) {
  const auto estimate = proportion.estimate();
  return estimate ? fmt::format("{} ({:.1f} %)", fraction(proportion), 100 * *estimate) : "none measured";
}

std::optional<Proportion> parse_count(std::string_view text) {
  Proportion result;
  const char* const end = text.data() + text.size();
  const auto [slash, first] = std::from_chars(text.data(), end, result.successes);
  if (first != std::errc() || slash == end || *slash != '/') {
    return std::nullopt;
  }
  const auto [rest, second] = std::from_chars(slash + 1, end, result.trials);
  if (second != std::errc() || result.successes < 0 || result.successes > result.trials ||
      count(result) != text) {
    return std::nullopt;
  }
  return result;
}

std::string interval(const Interval& interval) {
  return fmt::format("[{:.3f}, {:.3f}]", interval.low, interval.high);
}

std::string p_value(double p) {
  constexpr double smallest_worded = 1e-99;
  return p < smallest_worded ? "< 1e-99" : fmt::format("{:.2g}", p);
}

std::string number(std::optional<double> value) { return value ? fmt::format("{:.3g}", *value) : "none"; }

std::string duration(double seconds) {
  const auto whole = std::llround(seconds);
  if (whole >= 3600) {
    return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
  }
  if (whole >= 60) {
    return fmt::format("{} min {} s", whole / 60, whole % 60);
  }
  return fmt::format("{} s", whole);
}

}  // namespace relu0::wording
