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

/// The presence of the first one tells that the others are the gate's, and not another program's of the same
/// names: it is written first and removed last.
constexpr std::array gate_reports{"gate.json", "gate.html", "junit.xml", "gate.sarif", "summary.md"};

}  // namespace

void withdraw_gate_reports(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(folder / gate_reports.front(), ignored))) {
    return;
  }
  for (auto name = gate_reports.rbegin(); name != gate_reports.rend(); ++name) {
    std::error_code error;
    fs::remove(folder / *name, error);
    if (error && error != std::errc::not_a_directory) {
      refuse_gate_report(folder / *name, error.value());
    }
  }
}

void write_gate_reports(const gate::Judgement& judgement, const fs::path& folder, const fs::path& root) {
  const std::array<std::string, gate_reports.size()> texts{gate_json(judgement), gate_html(judgement),
                                                           gate_junit(judgement), gate_sarif(judgement, root),
                                                           gate_markdown(judgement)};
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
