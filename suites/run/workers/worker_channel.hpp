#pragma once
#include "reports/model/environment.hpp"
#include "reports/model/stored_draw.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// What a worker process tells the run that started it, a line of JSON for each thing told: first its
/// environment, then each draw as soon as it is measured.
namespace relu0::workers {

/// The worker's file descriptor that it writes to; what libraries print cannot get among it.
inline constexpr int channel = 3;

std::string line_of(const Environment& environment);
std::string line_of(const StoredDraw& draw);

/// The inverse of both, of a line without its end. Throws std::runtime_error for anything else.
std::variant<Environment, StoredDraw> parse_line(std::string_view line);

/// Takes the first whole line, without its end, from the front of what was read; absent where none is whole.
std::optional<std::string> take_line(std::string& text);

}  // namespace relu0::workers
