#include "suites/tests/suites/texts/text_calls.hpp"

#include <algorithm>
#include <regex>
#include <string_view>

#include <fmt/ranges.h>

namespace relu0::test {

namespace {

/// Every match of a pattern in a source.
std::vector<std::smatch> matches(const std::string& source, const std::string& pattern) {
  const std::regex regex(pattern);
  return {std::sregex_iterator(source.begin(), source.end(), regex), std::sregex_iterator()};
}

/// Reads the arguments of a call whose "(" is at `open`.
TextCall read_call(std::string_view source, std::size_t open) {
  TextCall call;
  int depth = 0;
  bool first_argument = true;
  for (std::size_t i = open; i < source.size(); ++i) {
    const char c = source[i];
    if (c == '"') {
      std::size_t end = i + 1;
      while (end < source.size() && source[end] != '"') {
        end += source[end] == '\\' ? 2 : 1;
      }
      const std::string literal(source.substr(i + 1, end - i - 1));
      if (first_argument) {
        call.entries.insert(literal);
      } else if (depth == 1 && source.substr(end + 1).starts_with("_a")) {
        call.arguments.insert(literal);
      }
      i = end;
    } else if (c == '(' || c == '{' || c == '[') {
      ++depth;
    } else if (c == ')' || c == '}' || c == ']') {
      if (--depth == 0) {
        break;
      }
    } else if (c == ',' && depth == 1) {
      first_argument = false;
    }
  }
  return call;
}

/// The name of the file behind each `Texts name{"file"}` that a source defines, by the handle's name.
std::map<std::string, std::string> defined_handles(const std::string& source) {
  std::map<std::string, std::string> handles;
  for (const std::smatch& handle : matches(source, R"re(\bTexts\s+(\w+)\{"([^"]*)"\})re")) {
    handles.emplace(handle[1], handle[2]);
  }
  return handles;
}

/// The source's own handles, and those of the headers that it names.
std::map<std::string, std::string> visible_handles(const std::string& source, const Sources& sources) {
  std::map<std::string, std::string> handles = defined_handles(source);
  for (const std::smatch& include : matches(source, R"re(#include "([^"]+)")re")) {
    if (const auto header = sources.find(include[1].str()); header != sources.end()) {
      handles.merge(defined_handles(header->second));
    }
  }
  return handles;
}

}  // namespace

std::vector<TextCall> text_calls(const std::string& path, const Sources& sources) {
  const std::string& source = sources.at(path);
  std::vector<TextCall> calls;
  for (const auto& [handle, file] : visible_handles(source, sources)) {
    for (const std::smatch& match : matches(source, "\\b" + handle + "\\(")) {
      TextCall call = read_call(source, static_cast<std::size_t>(match.position() + match.length() - 1));
      call.file = file;
      call.line =
          1 + static_cast<std::size_t>(std::count(source.begin(), source.begin() + match.position(), '\n'));
      calls.push_back(std::move(call));
    }
  }
  return calls;
}

std::vector<std::string> text_violations(const Sources& sources,
                                         const std::map<std::string, TextEntries, std::less<>>& texts) {
  std::vector<std::string> violations;
  std::map<std::string, std::set<std::string>> used;
  for (const auto& [path, source] : sources) {
    for (const TextCall& call : text_calls(path, sources)) {
      const std::string place = fmt::format("{}:{}", path, call.line);
      const auto file = texts.find(call.file);
      if (file == texts.end()) {
        violations.push_back(fmt::format("{}: there is no text file {}.toml", place, call.file));
        continue;
      }
      if (call.entries.empty()) {
        violations.push_back(fmt::format("{}: the entry is not named by a literal", place));
      }
      for (const std::string& name : call.entries) {
        const auto entry = file->second.find(name);
        if (entry == file->second.end()) {
          violations.push_back(fmt::format("{}: {}.toml has no entry '{}'", place, call.file, name));
          continue;
        }
        used[call.file].insert(name);
        const std::set<std::string> wanted = text_arguments(entry->second);
        if (wanted != call.arguments) {
          violations.push_back(fmt::format("{}: '{}' of {}.toml takes the arguments [{}], not [{}]", place,
                                           name, call.file, fmt::join(wanted, ", "),
                                           fmt::join(call.arguments, ", ")));
        }
      }
    }
  }
  for (const auto& [file, entries] : texts) {
    for (const auto& [name, entry] : entries) {
      if (name != "title" && name != "summary" && !used[file].contains(name)) {
        violations.push_back(fmt::format("{}.toml: nothing uses '{}'", file, name));
      }
    }
  }
  return violations;
}

}  // namespace relu0::test
