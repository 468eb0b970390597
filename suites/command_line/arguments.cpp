#include "suites/command_line/arguments.hpp"

#include "fixtures/error.hpp"

#include <charconv>

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

}  // namespace relu0
