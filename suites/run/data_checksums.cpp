#include "suites/run/data_checksums.hpp"

#include "fixtures/data/files/digest.hpp"
#include "fixtures/error.hpp"
#include "suites/command_line/exit_code.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

constexpr std::size_t digits = 16;
constexpr std::string_view hexadecimal = "0123456789abcdef";

/// Digits are written small; a shell script or a spreadsheet may have made them large.
std::string small_digits(std::string_view text) {
  std::string digits_of_text(text);
  for (char& digit : digits_of_text) {
    digit = digit >= 'A' && digit <= 'F' ? static_cast<char>(digit - 'A' + 'a') : digit;
  }
  return digits_of_text;
}

bool is_data_set(std::string_view id) {
  return std::any_of(datasets::all.begin(), datasets::all.end(),
                     [id](const DatasetDescription* set) { return set->id == id; });
}

}  // namespace

DataChecksums checksums_of(const DataSets& data) {
  DataChecksums checksums;
  for (const auto& [data_name, facts] : data.facts()) {
    checksums.emplace(data_name->id, sha256_of_text(facts.identity).substr(0, digits));
  }
  return checksums;
}

std::string checksums_text(const DataChecksums& checksums) {
  std::vector<std::string> parts;
  for (const auto& [id, checksum] : checksums) {
    parts.push_back(fmt::format("{}={}", id, checksum));
  }
  return fmt::format("{}", fmt::join(parts, ","));
}

DataChecksums parse_data_checksums(std::string_view text) {
  DataChecksums checksums;
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view id = part.substr(0, equals);
    const std::string checksum = small_digits(part.substr(std::min(equals + 1, part.size())));
    if (!is_data_set(id) || checksum.size() != digits ||
        checksum.find_first_not_of(hexadecimal) != std::string::npos) {
      throw InputError(fmt::format(
          "--data-checksum '{}': '{}' is not the name of a data set, '=' and {} hexadecimal digits, as "
          "the command that a report shows has them",
          text, part, digits));
    }
    if (!checksums.emplace(id, checksum).second) {
      throw InputError(fmt::format("--data-checksum '{}': {} stands there twice", text, id));
    }
    if (comma == std::string_view::npos) {
      return checksums;
    }
    rest.remove_prefix(comma + 1);
  }
}

void require_data(const DataSets& data, const DataChecksums& expected) {
  const DataChecksums found = checksums_of(data);
  std::vector<std::string> others;
  for (const auto& [data_name, facts] : data.facts()) {
    const std::string& checksum = found.at(std::string(data_name->id));
    const auto known = expected.find(data_name->id);
    if (known == expected.end()) {
      others.push_back(fmt::format("{}: nothing is said of it; found was {} ({}={})", name(data_name),
                                   facts.identity, data_name->id, checksum));
    } else if (known->second != checksum) {
      others.push_back(fmt::format("{}: {} was expected; found was {} ({})", name(data_name), known->second,
                                   facts.identity, checksum));
    }
  }
  if (!others.empty()) {
    throw EnvironmentMismatch(fmt::format(
        "these are not the data that the command was run on, which its --data-checksum tells; give "
        "--data the folder with those. A run without --data-checksum measures on any\n  {}",
        fmt::join(others, "\n  ")));
  }
}

}  // namespace relu0
