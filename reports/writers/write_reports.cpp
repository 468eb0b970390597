#include "reports/store/store.hpp"
#include "reports/writers/replace_file.hpp"
#include "reports/writers/writers.hpp"

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace relu0 {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_report(const fs::path& file, int error) {
  throw StoreError(
      fmt::format("report {} cannot be written ({}). Free some space or make its folder writable, then give "
                  "the same command again: no measurement is lost.",
                  file.string(), std::generic_category().message(error)),
      StoreRemedy::free_space);
}

void write(const fs::path& file, std::string_view text) {
  if (const int error = replace_file(file, text); error != 0) {
    refuse_report(file, error);
  }
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    refuse_report(folder, error.value());
  }
}

}  // namespace

void write_reports(const Store& store, const fs::path& folder) {
  // All texts are made before any is written, so that a store that cannot be read leaves the old reports as
  // they were, all of one state.
  const std::array<std::pair<const char*, std::string>, 4> reports{{
      {"report.html", html_report(store)},
      {"results.json", json_results(store)},
      {"junit.xml", junit_report(store)},
      {"summary.md", markdown_summary(store)},
  }};
  make_folder(folder);
  for (const auto& [name, text] : reports) {
    write(folder / name, text);
  }
}

}  // namespace relu0
