#include "fixtures/count_text.hpp"
#include "reports/model/text.hpp"
#include "reports/writers/gate/gate_writers.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace relu0 {

namespace {

/// In one line.
std::string line_of(std::string_view text) {
  std::string line = printable(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

std::string block(const gate::Check& check) {
  std::string result = fmt::format("\n{}: {}: {}\n", name(check.verdict), check.rule, line_of(check.message));
  for (const auto& [label, value] : gate::facts_of(check)) {
    result += fmt::format("  {:<13}{}\n", label + ":", line_of(value));
  }
  return result;
}

}  // namespace

std::string gate_console(const gate::Judgement& judgement, std::size_t most_shown) {
  std::string result = line_of(judgement.headline) + "\n";
  for (const std::string& note : judgement.notes) {
    result += fmt::format("note: {}\n", line_of(note));
  }
  std::size_t shown = 0;
  std::size_t left_out = 0;
  for (const gate::Check& check : judgement.checks) {
    if (check.verdict == gate::CheckVerdict::pass) {
      continue;
    }
    if (shown == most_shown) {
      ++left_out;
      continue;
    }
    result += block(check);
    ++shown;
  }
  if (left_out > 0) {
    result += fmt::format("\n{} in gate.json.\n", count_text(left_out, "more check that did not pass stands",
                                                             "more checks that did not pass stand"));
  }
  return result;
}

}  // namespace relu0
