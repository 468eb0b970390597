#include "suites/run/workers/worker_channel.hpp"

#include "reports/codec/stored_values.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace relu0::workers {

std::string line_of(const Environment& environment) {
  return nlohmann::json{{"environment", environment}}.dump() + '\n';
}

std::string line_of(const StoredDraw& draw) {
  const StoredValues values = stored_values(draw.values);
  if (!values.numbers.empty()) {
    throw std::logic_error("a worker process does not pass packed numbers on");
  }
  return nlohmann::json{{"key", draw.key}, {"draw", draw.draw}, {"values", values.text}}.dump() + '\n';
}

std::variant<Environment, StoredDraw> parse_line(std::string_view line) {
  try {
    const nlohmann::json told = nlohmann::json::parse(line);
    if (const auto environment = told.find("environment"); environment != told.end()) {
      return environment->get<Environment>();
    }
    return StoredDraw{told.at("key").get<std::string>(), told.at("draw").get<std::int64_t>(),
                      restored_values({.text = told.at("values").get<std::string>(), .numbers = {}})};
  } catch (const std::exception& error) {
    throw std::runtime_error(
        fmt::format("a worker process told '{}', which is neither an environment nor a "
                    "draw ({})",
                    line, error.what()));
  }
}

std::optional<std::string> take_line(std::string& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string::npos) {
    return std::nullopt;
  }
  std::string line = text.substr(0, end);
  text.erase(0, end + 1);
  return line;
}

}  // namespace relu0::workers
