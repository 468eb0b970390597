#include "suites/command_line/arguments.hpp"

#include "fixtures/error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

namespace relu0 {

std::int64_t parse_count(const std::string& option, const std::string& text, std::int64_t low,
                         std::int64_t high) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < low || value > high) {
    throw InputError(fmt::format("{} '{}': give a whole number from {} to {}", option, text, low, high));
  }
  return value;
}

std::optional<std::int64_t> optional_count(const std::string& option, const std::string& text,
                                           std::int64_t low) {
  if (text.empty()) {
    return std::nullopt;
  }
  return parse_count(option, text, low, largest_count);
}

std::optional<std::filesystem::path> optional_path(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(std::filesystem::path(text));
}

double parse_duration(const std::string& option, const std::string& text) {
  constexpr double largest = 366.0 * 24 * 3600;
  constexpr std::array<std::pair<char, double>, 3> units{{{'h', 3600}, {'m', 60}, {'s', 1}}};
  double seconds = 0;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  const auto* unit = units.begin();
  while (at != end) {
    std::uint32_t number = 0;
    const std::from_chars_result read = std::from_chars(at, end, number);
    unit = read.ec != std::errc{} || read.ptr == end
               ? units.end()
               : std::find_if(unit, units.end(), [&](const auto& known) { return known.first == *read.ptr; });
    if (unit == units.end()) {
      seconds = 0;
      break;
    }
    seconds += number * unit->second;
    ++unit;
    at = read.ptr + 1;
  }
  if (!(seconds > 0 && seconds <= largest)) {
    throw InputError(
        fmt::format("{} '{}': give a duration such as 90s, 10m or 1h30m, at most a year", option, text));
  }
  return seconds;
}

std::string not_empty(const std::string& text) {
  return text.empty() ? "is empty; give a value or leave the option out" : "";
}

}  // namespace relu0
