#pragma once
#include "reports/model/finding.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relu0 {

/// `text` as every writer may print it: invalid UTF-8 and the control characters that XML cannot hold become
/// U+FFFD; tabs and line ends stay.
std::string printable(std::string_view text);

/// A number for a human eye: at most `digits` significant digits, '.' whatever the locale, "NaN", "Infinity",
/// "-Infinity".
std::string readable(double value, int digits = 6);

/// The fewest digits that read back as the same number: a limit missed by one unit in the last place does not
/// read like one that is met. "NaN", "Infinity", "-Infinity".
std::string exact(double value);

/// A number for a place with little room: at most `digits` significant digits, but all that stand before the
/// point, and where that would be long "2·10⁻⁷", "1.2·10⁹"; "NaN", "∞", "−∞".
std::string compact(double value, int digits = 2);

/// The same with as many digits, up to 15, as say exactly this number, if so many do.
std::string compact_exactly(double value);

/// A share as a percentage for a human eye: "45.8 %", "2.5 %", "0.12 %".
std::string percent(double share);

/// "a", "a and b", "a, b and c"
std::string joined_with_and(const std::vector<std::string>& items);

/// "[0.394, 0.537]", "[…, 0.537]" where one end is absent, "" where both are.
std::string interval_text(const std::optional<double>& low, const std::optional<double>& high);
std::string interval_text(const std::optional<Interval>& interval);

}  // namespace relu0
