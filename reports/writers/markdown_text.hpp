#pragma once
#include <string>
#include <string_view>

namespace relu0 {

/// Text that neither Markdown nor HTML in it can take for markup, in one line, as a table's cell needs it.
std::string markdown_cell(std::string_view text);

/// A code block whose fence is longer than any run of backticks in it.
std::string markdown_code(std::string_view text);

}  // namespace relu0
