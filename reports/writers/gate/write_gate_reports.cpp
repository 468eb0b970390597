#include "fixtures/error.hpp"
#include "reports/writers/gate/gate_writers.hpp"
#include "reports/writers/replace_file.hpp"

#include <array>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace relu0 {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& file, int error) {
  throw InputError(
      fmt::format("{}: the gate's report cannot be written ({}). Free some space, make its folder "
                  "writable, or name another one with --out",
                  file.string(), std::generic_category().message(error)));
}

}  // namespace

void write_gate_reports(const gate::Judgement& judgement, const fs::path& folder, const fs::path& root) {
  const std::array<std::pair<const char*, std::string>, 5> reports{{
      {"gate.html", gate_html(judgement)},
      {"gate.json", gate_json(judgement)},
      {"junit.xml", gate_junit(judgement)},
      {"gate.sarif", gate_sarif(judgement, root)},
      {"summary.md", gate_markdown(judgement)},
  }};
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    fail(folder, error.value());
  }
  for (const auto& [name, text] : reports) {
    if (const int number = replace_file(folder / name, text); number != 0) {
      fail(folder / name, number);
    }
  }
}

}  // namespace relu0
