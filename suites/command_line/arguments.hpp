#pragma once
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>

namespace relu0 {

/// @name Arguments of the command line
/// Each throws InputError, which names the option, for a text that it does not take.
/// @{

inline constexpr std::int64_t largest_count = 1'000'000'000;
/// b + i must stay in range for every draw i.
inline constexpr std::int64_t largest_seed = std::numeric_limits<std::int64_t>::max() - largest_count;

/// A whole number from `low` to `high`; anything else (signs, fractions, overflow, trailing text) is refused.
/// Not CLI11's Range, which takes a leading 0 for the sign of an octal number: 010 is ten here.
std::int64_t parse_count(const std::string& option, const std::string& text, std::int64_t low,
                         std::int64_t high);

/// Absent for an empty text; otherwise from `low` to largest_count.
std::optional<std::int64_t> optional_count(const std::string& option, const std::string& text,
                                           std::int64_t low);

/// A check of CLI11's: what is wrong with an empty value, which comes from a variable that is not set and
/// would switch off what it was to ask for; nothing for others.
std::string not_empty(const std::string& text);

/// Absent for an empty text.
std::optional<std::filesystem::path> optional_path(const std::string& text);
/// @}

/// Seconds of a duration such as "90s", "10m" or "1h30m": whole numbers with the units h, m and s, each unit
/// once at most and in that order; more than 0 and at most a year. Throws InputError that names the option.
double parse_duration(const std::string& option, const std::string& text);

}  // namespace relu0
