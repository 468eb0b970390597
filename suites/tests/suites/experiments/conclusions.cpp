#include "suites/tests/suites/experiments/conclusions.hpp"

#include <algorithm>
#include <stdexcept>

namespace relu0::test {

RunSettings synthetic_settings() {
  RunSettings settings;
  settings.data = {
      {datasets::mnist, {.name = "digits, made up", .identity = "synthetic digits", .images = 60'000}},
      {datasets::cifar10, {.identity = "synthetic objects", .images = 50'000}},
      {datasets::svhn, {.identity = "synthetic house numbers", .images = 531'131}},
      {datasets::imagenet, {.identity = "synthetic photographs", .images = 1'281'167}}};
  return settings;
}

const Finding& Conclusions::finding(const Results& results, std::string_view id, std::string_view setting) {
  const auto found = std::find_if(results.findings.begin(), results.findings.end(), [&](const Finding& f) {
    return f.id == id && f.setting.starts_with(setting);
  });
  if (found == results.findings.end()) {
    throw std::runtime_error("no such finding");
  }
  return *found;
}

const Table& Conclusions::table(const Results& results, std::string_view id) {
  const auto found =
      std::find_if(results.tables.begin(), results.tables.end(), [&](const Table& t) { return t.id == id; });
  if (found == results.tables.end()) {
    throw std::runtime_error("no such table");
  }
  return *found;
}

const std::string& Conclusions::at(const Table& table, std::size_t row, std::string_view column) {
  const auto found = std::find(table.columns.begin(), table.columns.end(), column);
  if (found == table.columns.end()) {
    throw std::runtime_error("no such column");
  }
  return table.rows.at(row).at(static_cast<std::size_t>(found - table.columns.begin()));
}

}  // namespace relu0::test
