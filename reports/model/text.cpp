#include "reports/model/text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <utf8.h>

namespace relu0 {
namespace {

constexpr char32_t replacement = 0xFFFD;

/// Whether XML cannot hold the character.
bool is_unprintable(char32_t character) {
  constexpr char32_t first_printable = 0x20;
  constexpr char32_t del = 0x7F;
  const bool space = character == '\t' || character == '\n' || character == '\r';
  return (character < first_printable && !space) || character == del || character == 0xFFFE ||
         character == 0xFFFF;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  utf8::replace_invalid(text.begin(), text.end(), std::back_inserter(valid), replacement);
  std::string result;
  result.reserve(valid.size());
  for (auto at = valid.begin(); at != valid.end();) {
    const char32_t character = utf8::next(at, valid.end());
    utf8::append(is_unprintable(character) ? replacement : character, std::back_inserter(result));
  }
  return result;
}

std::string readable(double value, int digits) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "Infinity" : "-Infinity";
  }
  const bool whole = std::abs(value) < 1e15 && value == std::trunc(value);
  return whole ? fmt::format("{:.0f}", value) : fmt::format("{:.{}g}", value, digits);
}

std::string exact(double value) { return std::isfinite(value) ? fmt::format("{}", value) : readable(value); }

std::string compact(double value, int digits) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "∞" : "−∞";
  }
  // The number is rounded before its exponent is taken: 9.96 becomes 10 in two digits, whose exponent is
  // larger.
  const std::string rounded = fmt::format("{:.{}e}", value, digits - 1);
  const std::size_t e = rounded.find('e');
  const int exponent = std::stoi(rounded.substr(e + 1));
  constexpr int longest_plain = 4;
  if (std::abs(exponent) <= longest_plain) {
    return exponent >= digits ? fmt::format("{:.0f}", value) : readable(value, digits);
  }
  std::string mantissa = rounded.substr(0, e);
  if (mantissa.find('.') != std::string::npos) {
    mantissa.erase(mantissa.find_last_not_of('0') + 1);
  }
  if (mantissa.ends_with('.')) {
    mantissa.pop_back();
  }
  std::string text;
  if (mantissa == "1" || mantissa == "-1") {
    text = mantissa == "1" ? "10" : "-10";
  } else {
    text = mantissa + "·10";
  }
  constexpr std::array<const char*, 10> superscripts{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  if (exponent < 0) {
    text += "⁻";
  }
  for (const char digit : std::to_string(std::abs(exponent))) {
    text += superscripts.at(static_cast<std::size_t>(digit - '0'));
  }
  return text;
}

std::string compact_exactly(double value) {
  constexpr int most_digits = std::numeric_limits<double>::digits10;
  int digits = 2;
  const auto is_exact = [value](int count) {
    double rounded = 0;
    const std::string text = fmt::format("{:.{}e}", value, count - 1);
    std::from_chars(text.data(), text.data() + text.size(), rounded);
    return rounded == value;
  };
  while (digits < most_digits && !is_exact(digits)) {
    ++digits;
  }
  return compact(value, digits);
}

std::string percent(double share) {
  constexpr double hundred = 100;
  constexpr double fewer_digits_below = 0.1;
  return readable(hundred * share, share < fewer_digits_below ? 2 : 3) + " %";
}

std::string joined_with_and(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    text += i == 0 ? "" : i + 1 == items.size() ? " and " : ", ";
    text += items[i];
  }
  return text;
}

std::string interval_text(const std::optional<double>& low, const std::optional<double>& high) {
  if (!low && !high) {
    return "";
  }
  constexpr int digits = 3;
  const auto end = [](const std::optional<double>& value) {
    return value ? readable(*value, digits) : std::string("…");
  };
  return fmt::format("[{}, {}]", end(low), end(high));
}

std::string interval_text(const std::optional<Interval>& interval) {
  return interval ? interval_text(interval->low, interval->high) : "";
}

}  // namespace relu0
