#include "reports/writers/html/table.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <ctemplate/template.h>

namespace relu0 {
namespace {

using ctemplate::TemplateDictionary;

/// Digits, signs and what stands between them; words make a column of text.
bool is_number_like(const std::string& text) {
  return !text.empty() && text.find_first_of("0123456789") != std::string::npos &&
         text.find_first_not_of("0123456789.,+-−±×eE%/[]() ") == std::string::npos;
}

bool is_number_column(const Table& table, std::size_t column) {
  return !table.rows.empty() && std::all_of(table.rows.begin(), table.rows.end(), [column](const auto& row) {
    return row[column].empty() || is_number_like(row[column]);
  });
}

}  // namespace

void fill_table(TemplateDictionary& dictionary, const Table& table, Anchors& anchors) {
  set(dictionary, "ANCHOR", anchors.make("table", table.id));
  set(dictionary, "TITLE", table.title);
  set(dictionary, "CAPTION", table.caption);
  std::vector<bool> numbers;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    numbers.push_back(is_number_column(table, column));
  }
  const auto fill_cell = [&numbers](TemplateDictionary& cell, std::size_t column, const std::string& text) {
    set(cell, "TEXT", text);
    if (numbers[column]) {
      cell.ShowSection("NUMBER");
    }
  };
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    fill_cell(*dictionary.AddSectionDictionary("COLUMN"), column, table.columns[column]);
  }
  for (const std::vector<std::string>& cells : table.rows) {
    TemplateDictionary& row = *dictionary.AddSectionDictionary("ROW");
    for (std::size_t column = 0; column < cells.size(); ++column) {
      fill_cell(*row.AddSectionDictionary("CELL"), column, cells[column]);
    }
  }
}

}  // namespace relu0
