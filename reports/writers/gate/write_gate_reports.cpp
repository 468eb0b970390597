#include "fixtures/error.hpp"
#include "reports/writers/gate/gate_writers.hpp"
#include "reports/writers/replace_file.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <ranges>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

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

/// mini_batches_to_save() of the judgement in a gate.json; none where it cannot be read, or is another
/// program's.
std::set<std::int64_t> mini_batches_saved_for(const fs::path& report) {
  std::ifstream file(report, std::ios::binary);
  const auto document = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  std::set<std::int64_t> numbers;
  try {
    for (const nlohmann::json& check : document.at("checks")) {
      const nlohmann::json& mini_batch = check.at("mini_batch");
      if (check.at("verdict") != name(gate::CheckVerdict::pass) && mini_batch.is_number_integer()) {
        numbers.insert(mini_batch.get<std::int64_t>());
      }
    }
  } catch (const nlohmann::json::exception&) {
    return {};
  }
  return numbers;
}

}  // namespace

std::set<std::int64_t> mini_batches_to_save(const gate::Judgement& judgement) {
  std::set<std::int64_t> numbers;
  for (const gate::Check& check : judgement.checks) {
    if (check.verdict != gate::CheckVerdict::pass && check.mini_batch) {
      numbers.insert(*check.mini_batch);
    }
  }
  return numbers;
}

std::string saved_mini_batch(std::int64_t number) { return fmt::format("mini-batch-{}.pt", number); }

void withdraw_gate_reports(const fs::path& folder, const std::vector<fs::path>& kept) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(folder / gate_reports.front(), ignored))) {
    return;
  }
  const auto withdraw = [&](const fs::path& file) {
    if (std::any_of(kept.begin(), kept.end(),
                    [&](const fs::path& one) { return fs::equivalent(file, one, ignored); })) {
      return;
    }
    std::error_code error;
    fs::remove(file, error);
    if (error && error != std::errc::not_a_directory) {
      refuse_gate_report(file, error.value());
    }
  };
  for (const std::int64_t number : mini_batches_saved_for(folder / gate_reports.front())) {
    withdraw(folder / saved_mini_batch(number));
  }
  for (const char* const name : gate_reports | std::views::reverse) {
    withdraw(folder / name);
  }
}

void write_gate_reports(const gate::Judgement& judgement, const fs::path& folder, const fs::path& root,
                        const MiniBatchFile& mini_batch_file) {
  const std::array<std::string, gate_reports.size()> texts{gate_json(judgement), gate_html(judgement),
                                                           gate_junit(judgement), gate_sarif(judgement, root),
                                                           gate_markdown(judgement)};
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    refuse_gate_report(folder, error.value());
  }
  std::vector<fs::path> added;
  const auto write = [&](const fs::path& file, const std::string& text) {
    std::error_code ignored;
    const bool is_new = !fs::exists(fs::symlink_status(file, ignored));
    if (const int number = replace_file(file, text); number != 0) {
      for (const fs::path& one : added) {
        fs::remove(one, ignored);
      }
      refuse_gate_report(file, number);
    }
    if (is_new) {
      added.push_back(file);
    }
  };
  for (std::size_t i = 0; i < gate_reports.size(); ++i) {
    write(folder / gate_reports[i], texts[i]);
  }
  for (const std::int64_t number : mini_batches_to_save(judgement)) {
    write(folder / saved_mini_batch(number), mini_batch_file(number));
  }
}

}  // namespace relu0
