#include "fixtures/count_text.hpp"
#include "reports/model/text.hpp"
#include "reports/writers/gate/check_figures.hpp"
#include "reports/writers/gate/gate_writers.hpp"
#include "reports/writers/markdown_text.hpp"

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace relu0 {

namespace {

using gate::Check;
using gate::CheckVerdict;

// The whole stays below 200 kB. A cell is cut before it is escaped, which may make it five times as long.
constexpr std::size_t most_bytes_of_checks = 150'000;
constexpr std::size_t longest_cell = 400;
constexpr std::size_t most_notes = 20;

/// The text, cut at a character's end where it is long.
std::string shortened(std::string_view text) {
  std::string result = printable(text);
  if (result.size() <= longest_cell) {
    return result;
  }
  std::size_t end = longest_cell;
  // Bytes that begin with the bits 10 go on with a character.
  while (end > 0 && (static_cast<unsigned char>(result[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return result.substr(0, end) + "…";
}

std::string cell(std::string_view text) { return markdown_cell(shortened(text)); }

std::string row(const Check& check) {
  const std::string place = gate::text(check.source);
  const CheckFigures figures = figures_of(check);
  return fmt::format("| {} | {} | {} | {} | {} | {} |\n", name(check.verdict), cell(check.rule),
                     cell(check.message), cell(figures.seen), cell(figures.allowed),
                     cell(place.empty() ? gate::text(check.policy) : place));
}

}  // namespace

std::string gate_markdown(const gate::Judgement& judgement) {
  std::string rows;
  std::size_t left_out = 0;
  std::string replay;
  for (const Check& check : judgement.checks) {
    if (check.verdict == CheckVerdict::pass) {
      continue;
    }
    const std::string next = row(check);
    if (left_out > 0 || rows.size() + next.size() > most_bytes_of_checks) {
      ++left_out;
      continue;
    }
    rows += next;
    if (replay.empty()) {
      replay = check.replay;
    }
  }
  std::string text =
      fmt::format("## relu0 gate: {}\n\n{}\n\n", name(judgement.outcome), cell(judgement.headline));
  text += fmt::format("{}. Model {}, {} of {}.\n", tally(judgement.checks), cell(judgement.model.file),
                      count_text(judgement.inputs.mini_batches, "mini-batch"), cell(judgement.inputs.file));
  if (!rows.empty()) {
    text += "\n| Verdict | Rule | What | Seen | Allowed | Where |\n|---|---|---|---|---|---|\n" + rows;
  }
  if (left_out > 0) {
    text += fmt::format("\n{} in gate.json.\n", count_text(left_out, "more check that did not pass stands",
                                                           "more checks that did not pass stand"));
  }
  for (std::size_t i = 0; i < judgement.notes.size() && i < most_notes; ++i) {
    text += fmt::format("{}- {}\n", i == 0 ? "\n" : "", cell(judgement.notes[i]));
  }
  if (!replay.empty()) {
    text += "\nThe first of them again:\n\n" + markdown_code(shortened(replay));
  }
  return text;
}

}  // namespace relu0
