#include "suites/texts/texts.hpp"

#include "suites/texts/text_files.hpp"

#include <algorithm>
#include <stdexcept>

#include <toml++/toml.h>

namespace relu0 {

namespace {

constexpr std::string_view name_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
constexpr std::string_view space = " \t\r\n";

/// Adds the entries of a table and of those within it, under names that begin with `prefix`.
void append_entries(std::string_view file, const toml::table& table, const std::string& prefix,
                    TextEntries& entries) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* const inner = node.as_table()) {
      append_entries(file, *inner, name + ".", entries);
      continue;
    }
    const toml::value<std::string>* const text = node.as_string();
    if (text == nullptr) {
      throw std::logic_error(
          fmt::format("{}.toml:{}: '{}' is not a text", file, node.source().begin.line, name));
    }
    std::string whole = folded_text(text->get());
    try {
      text_arguments(whole);
    } catch (const std::logic_error& error) {
      throw std::logic_error(
          fmt::format("{}.toml:{}: '{}': {}", file, node.source().begin.line, name, error.what()));
    }
    entries.emplace(name, std::move(whole));
  }
}

std::map<std::string, TextEntries, std::less<>> parse_all() {
  std::map<std::string, TextEntries, std::less<>> result;
  for (const TextFile& file : text_files()) {
    if (!result.emplace(file.name, parse_texts(file.name, file.toml)).second) {
      throw std::logic_error(fmt::format("there are two text files named {}.toml", file.name));
    }
  }
  return result;
}

}  // namespace

std::string folded_text(std::string_view text) {
  std::string result;
  std::size_t begin = text.find_first_not_of(space);
  while (begin != std::string_view::npos) {
    const std::size_t line_end = std::min(text.find('\n', begin), text.size());
    const std::size_t last = text.find_last_not_of(space, line_end == text.size() ? line_end : line_end - 1);
    result += text.substr(begin, last + 1 - begin);
    begin = text.find_first_not_of(space, line_end);
    if (begin != std::string_view::npos) {
      result += ' ';
    }
  }
  return result;
}

std::set<std::string> text_arguments(std::string_view text) {
  std::set<std::string> names;
  std::size_t place = text.find_first_of("{}");
  while (place != std::string_view::npos) {
    if (text.substr(place, 2) == "{{" || text.substr(place, 2) == "}}") {
      place = text.find_first_of("{}", place + 2);
      continue;
    }
    const std::size_t end = text.find_first_of("{}", place + 1);
    if (text[place] == '}' || end == std::string_view::npos || text[end] == '{') {
      throw std::logic_error("a brace stands alone; one that is to be printed is written twice");
    }
    const std::string_view field = text.substr(place + 1, end - place - 1);
    const std::string_view name = field.substr(0, field.find(':'));
    if (name.empty() || name.find_first_not_of(name_characters) != std::string_view::npos ||
        (name.front() >= '0' && name.front() <= '9')) {
      throw std::logic_error(fmt::format(
          "'{{{}}}' does not name its argument; write letters, digits and _, as in {{networks}}", field));
    }
    names.emplace(name);
    place = text.find_first_of("{}", end + 1);
  }
  return names;
}

TextEntries parse_texts(std::string_view file, std::string_view toml) {
  TextEntries entries;
  try {
    append_entries(file, toml::parse(toml), "", entries);
  } catch (const toml::parse_error& error) {
    throw std::logic_error(
        fmt::format("{}.toml:{}: {}", file, error.source().begin.line, error.description()));
  }
  return entries;
}

const std::map<std::string, TextEntries, std::less<>>& all_texts() {
  static const std::map<std::string, TextEntries, std::less<>> all = parse_all();
  return all;
}

std::string Texts::formatted(std::string_view entry, fmt::format_args arguments) const {
  const auto entries = all_texts().find(file_);
  if (entries == all_texts().end()) {
    throw std::logic_error(fmt::format("there is no text file {}.toml", file_));
  }
  const auto text = entries->second.find(entry);
  if (text == entries->second.end()) {
    throw std::logic_error(fmt::format("{}.toml has no entry '{}'", file_, entry));
  }
  try {
    return fmt::vformat(text->second, arguments);
  } catch (const fmt::format_error& error) {
    throw std::logic_error(fmt::format("{}.toml: '{}' cannot be written with the arguments given: {}", file_,
                                       entry, error.what()));
  }
}

}  // namespace relu0
