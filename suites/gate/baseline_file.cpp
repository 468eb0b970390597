#include "fixtures/error.hpp"
#include "suites/gate/baseline.hpp"
#include "suites/gate/policy/policy_text.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <toml++/toml.h>

namespace relu0::gate {

namespace {

constexpr std::int64_t baseline_version = 1;
constexpr std::string_view remedy = "restore the file from your repository, or save the baseline anew";

/// An entry and the line of its header.
struct PlacedEntry {
  BaselineEntry entry;
  std::size_t line = 0;
};

class BaselineReader {
 public:
  explicit BaselineReader(std::string file) : file_(std::move(file)) {}

  [[nodiscard]] std::vector<PlacedEntry> entries(std::string_view text) const {
    try {
      return entries_of(toml::parse(text));
    } catch (const toml::parse_error& error) {
      refuse(error.source(), error.description());
    }
  }

 private:
  [[noreturn]] void refuse(const toml::source_region& region, std::string_view what) const {
    throw InputError(
        fmt::format("{}:{}:{}: {}; {}", file_, region.begin.line, region.begin.column, what, remedy));
  }

  [[nodiscard]] std::vector<PlacedEntry> entries_of(const toml::table& document) const {
    if (document.get("version") == nullptr ||
        document.get("version")->value_exact<std::int64_t>() != baseline_version) {
      refuse(document.get("version") == nullptr ? document.source() : document.get("version")->source(),
             fmt::format("this relu0 reads baselines of \"version = {}\"", baseline_version));
    }
    std::vector<PlacedEntry> result;
    for (const auto& [key, node] : document) {
      if (key == "version") {
        continue;
      }
      const toml::array* const list = node.as_array();
      if (key != "environment" || list == nullptr || !list->is_array_of_tables()) {
        refuse(key.source(), "a baseline holds \"version\" and [[environment]] tables only");
      }
      for (const toml::node& item : *list) {
        result.push_back(entry_of(*item.as_table()));
        const PlacedEntry& last = result.back();
        if (std::any_of(result.begin(), std::prev(result.end()),
                        [&last](const PlacedEntry& other) { return other.entry.key == last.entry.key; })) {
          refuse(item.source(), "an environment with the same key stands above");
        }
      }
    }
    return result;
  }

  [[nodiscard]] PlacedEntry entry_of(const toml::table& table) const {
    PlacedEntry result;
    result.line = table.source().begin.line;
    for (const auto& [key, node] : table) {
      const toml::table* const values = node.as_table();
      if ((key != "key" && key != "figures") || values == nullptr) {
        refuse(key.source(), "an environment holds [environment.key] and [environment.figures] only");
      }
      for (const auto& [name, value] : *values) {
        if (key == "key") {
          const std::optional<std::string> text = value.value_exact<std::string>();
          if (!text) {
            refuse(value.source(), "a fact of a key must be a text");
          }
          result.entry.key.emplace(name.str(), *text);
        } else {
          const std::optional<double> number = value.value<double>();
          if (!number || !value.is_number()) {
            refuse(value.source(), "a figure must be a number");
          }
          result.entry.figures.emplace(name.str(), *number);
        }
      }
    }
    return result;
  }

  std::string file_;
};

std::string text_of(const BaselineEntry& entry) {
  std::string result = "[[environment]]\n[environment.key]\n";
  for (const auto& [fact, value] : entry.key) {
    result += fmt::format("{} = {}\n", toml_string(fact), toml_string(value));
  }
  result += "[environment.figures]\n";
  for (const auto& [figure, value] : entry.figures) {
    result += fmt::format("{} = {}\n", toml_string(figure), toml_number(value));
  }
  return result;
}

/// Where the line begins; the text's end where there are fewer lines. Counted from 1.
std::size_t begin_of_line(const std::string& text, std::size_t line) {
  std::size_t place = 0;
  for (; line > 1 && place < text.size(); --line) {
    const std::size_t end = text.find('\n', place);
    place = end == std::string::npos ? text.size() : end + 1;
  }
  return place;
}

/// Where the comments and empty lines begin that stand before a line: they are about what follows.
std::size_t begin_of_comments(const std::string& text, std::size_t line) {
  while (line > 0) {
    const std::size_t end = line - 1;
    const std::size_t before = end == 0 ? 0 : text.rfind('\n', end - 1) + 1;
    if (before < end && text[before] != '#' && text[before] != '\r') {
      break;
    }
    line = before;
  }
  return line;
}

}  // namespace

std::vector<BaselineEntry> parse_baseline(std::string_view toml, const std::string& file) {
  std::vector<BaselineEntry> result;
  for (PlacedEntry& placed : BaselineReader(file).entries(toml)) {
    result.push_back(std::move(placed.entry));
  }
  return result;
}

std::string with_entry(const std::string& text, const BaselineEntry& entry, const std::string& file) {
  if (text.empty()) {
    return toml_comment(
               "What relu0 gate measured, by environment. `relu0 gate --save-baseline` changes it; figures "
               "that did not drift keep their lines.") +
           fmt::format("\nversion = {}\n\n{}", baseline_version, text_of(entry));
  }
  const std::vector<PlacedEntry> entries = BaselineReader(file).entries(text);
  const auto known = std::find_if(entries.begin(), entries.end(), [&entry](const PlacedEntry& placed) {
    return placed.entry.key == entry.key;
  });
  if (known == entries.end()) {
    return text + (text.ends_with('\n') ? "\n" : "\n\n") + text_of(entry);
  }
  if (known->entry == entry) {
    return text;
  }
  const std::size_t begin = begin_of_line(text, known->line);
  const auto next = std::next(known);
  const std::size_t end =
      next == entries.end() ? text.size() : begin_of_comments(text, begin_of_line(text, next->line));
  return text.substr(0, begin) + text_of(entry) + text.substr(end);
}

}  // namespace relu0::gate
