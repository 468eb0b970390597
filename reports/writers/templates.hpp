#pragma once
#include <string_view>

namespace relu0 {

/// @name The texts of the files in templates/, as they were when the library was built
/// @{
extern const std::string_view report_template;
/// Parts that report.html includes.
extern const std::string_view figure_template;
extern const std::string_view heat_map_template;
extern const std::string_view gate_template;
/// The style of every page, and what the report's answer, matrix and cards add to it.
extern const std::string_view report_style;
extern const std::string_view claims_style;
/// @}

}  // namespace relu0
