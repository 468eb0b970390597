#pragma once
#include "analysis/statistics/statistics.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Numbers as the reports of the suites word them.
namespace relu0::wording {

/// "463/1000"
std::string fraction(Proportion proportion);
/// "93/200 (46.5 %)"; "none measured" for no trials.
std::string count(Proportion proportion);
/// The inverse of count(). Absent for other texts, "none measured" among them.
std::optional<Proportion> parse_count(std::string_view text);
/// "[0.395, 0.536]"
std::string interval(const Interval& interval);
/// "0.62", "3.1e-05", "< 1e-99"
std::string p_value(double p);
/// "1.2e-07", "0.35": three significant digits; "none" when absent.
std::string number(std::optional<double> value);
/// "2 h 5 min", "3 min 20 s", "12 s"
std::string duration(double seconds);

}  // namespace relu0::wording
