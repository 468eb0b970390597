#include "suites/run/progress_line.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace relu0 {

namespace {

/// Whether a code point begins with this byte of a UTF-8 text.
bool begins_code_point(char byte) {
  constexpr unsigned char kind = 0xC0;
  constexpr unsigned char continuation = 0x80;
  return (static_cast<unsigned char>(byte) & kind) != continuation;
}

}  // namespace

std::string whole(const ProgressLine& line) {
  const std::string text = fmt::format("{} ({}), {}", line.count, line.task, line.pace);
  return line.place.draw.empty() ? text : fmt::format("{}; {}: {}", text, line.place.draw, line.place.state);
}

std::string fitted(const ProgressLine& line, std::size_t columns) {
  const std::string text = fmt::format("{}, {}", line.count, line.pace);
  return shortened(line.place.draw.empty()
                       ? fmt::format("{}; {}", text, line.task)
                       : fmt::format("{}; {}; {}", text, line.place.state, line.place.draw),
                   columns);
}

std::string shortened(std::string_view text, std::size_t columns) {
  const auto code_points =
      static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_code_point));
  if (code_points <= columns) {
    return std::string(text);
  }
  if (columns == 0) {
    return "";
  }
  std::size_t seen = 0;
  const char* const end = std::find_if(text.begin(), text.end(), [&seen, columns](char byte) {
    return begins_code_point(byte) && ++seen == columns;
  });
  return std::string(text.begin(), end) + "…";
}

}  // namespace relu0
