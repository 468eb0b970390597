#include "fixtures/error.hpp"
#include "reports/writers/gate/gate_writers.hpp"
#include "reports/writers/replace_file.hpp"

#include <array>
#include <string>
#include <system_error>

#include <fmt/format.h>

namespace relu0 {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_gate_report(const fs::path& file, int error) {
  throw InputError(
      fmt::format("{}: the gate's report cannot be written ({}). Free some space, make its folder "
                  "writable, or name another one with --out",
                  file.string(), std::generic_category().message(error)));
}

constexpr std::array gate_reports{"gate.html", "junit.xml", "gate.sarif", "summary.md", "gate.json"};
/// The one whose presence tells that the others are the gate's, and not another program's of the same names;
/// it is written and removed last.
constexpr const char* mark_of_gate = gate_reports.back();

}  // namespace

void withdraw_gate_reports(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(folder / mark_of_gate, ignored))) {
    return;
  }
  for (const char* name : gate_reports) {
    std::error_code error;
    fs::remove(folder / name, error);
    if (error && error != std::errc::not_a_directory) {
      refuse_gate_report(folder / name, error.value());
    }
  }
}

void write_gate_reports(const gate::Judgement& judgement, const fs::path& folder, const fs::path& root) {
  const std::array<std::string, gate_reports.size()> texts{gate_html(judgement), gate_junit(judgement),
                                                           gate_sarif(judgement, root),
                                                           gate_markdown(judgement), gate_json(judgement)};
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    refuse_gate_report(folder, error.value());
  }
  for (std::size_t i = 0; i < gate_reports.size(); ++i) {
    if (const int number = replace_file(folder / gate_reports[i], texts[i]); number != 0) {
      refuse_gate_report(folder / gate_reports[i], number);
    }
  }
}

}  // namespace relu0
