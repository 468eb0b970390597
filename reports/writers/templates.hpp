#pragma once
#include <string_view>

namespace relu0 {

/// The text of templates/report.html.tpl, gate.html.tpl and report.css, as they were when the library was
/// built.
extern const std::string_view report_template;
extern const std::string_view gate_template;
extern const std::string_view report_style;

}  // namespace relu0
