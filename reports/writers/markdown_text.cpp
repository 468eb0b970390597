#include "reports/writers/markdown_text.hpp"

#include "reports/model/text.hpp"

#include <fmt/format.h>

namespace relu0 {

std::string markdown_cell(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    if (c == '\n' || c == '\r' || c == '\t') {
      result += ' ';
    } else if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (std::string_view(R"(\`*_{}[]()#+!|>~)").find(c) != std::string_view::npos) {
      result += '\\';
      result += c;
    } else {
      result += c;
    }
  }
  return result;
}

std::string markdown_code(std::string_view text) {
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) {
    fence += '`';
  }
  return fmt::format("{}\n{}\n{}\n", fence, printable(text), fence);
}

}  // namespace relu0
