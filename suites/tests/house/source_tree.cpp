#include "suites/tests/house/source_tree.hpp"

#include "suites/tests/text_file.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace relu0::house {

namespace fs = std::filesystem;

namespace {

using test::text_of;

/// The position after the literal that begins with the quote at `begin`.
std::size_t end_of_literal(std::string_view text, std::size_t begin) {
  const bool raw = text[begin] == '"' && begin > 0 && text[begin - 1] == 'R';
  if (raw) {
    const std::size_t open = text.find('(', begin);
    const std::string close = ")" + std::string(text.substr(begin + 1, open - begin - 1)) + "\"";
    const std::size_t end = text.find(close, open);
    return end == std::string_view::npos ? text.size() : end + close.size();
  }
  std::size_t i = begin + 1;
  while (i < text.size() && text[i] != text[begin] && text[i] != '\n') {
    i += text[i] == '\\' ? 2 : 1;
  }
  return std::min(i + 1, text.size());
}

std::string without_comments(std::string text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const std::string_view rest = std::string_view(text).substr(i);
    const bool digit_separator =
        text[i] == '\'' && i > 0 && std::isalnum(static_cast<unsigned char>(text[i - 1])) != 0;
    if (rest.starts_with("//") || rest.starts_with("/*")) {
      const bool line = rest[1] == '/';
      const std::size_t found = line ? rest.find('\n') : rest.find("*/", 2);
      const std::size_t length = found == std::string_view::npos ? rest.size() : found + (line ? 0 : 2);
      const auto begin = text.begin() + static_cast<std::ptrdiff_t>(i);
      std::replace_if(
          begin, begin + static_cast<std::ptrdiff_t>(length), [](char c) { return c != '\n'; }, ' ');
      i += length;
    } else if (text[i] == '"' || (text[i] == '\'' && !digit_separator)) {
      i = end_of_literal(text, i);
    } else {
      ++i;
    }
  }
  return text;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> result;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    result.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return result;
}

}  // namespace

std::optional<std::size_t> rank(std::string_view folder) {
  const auto* const found = std::find(folders.begin(), folders.end(), folder);
  if (found == folders.end()) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - folders.begin());
}

std::vector<fs::path> cpp_files(const fs::path& root) {
  std::vector<fs::path> files;
  for (const std::string_view folder : folders) {
    if (!fs::exists(root / folder)) {
      continue;
    }
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / folder)) {
      const fs::path extension = entry.path().extension();
      if (entry.is_regular_file() && (extension == ".cpp" || extension == ".hpp")) {
        files.push_back(entry.path().lexically_relative(root));
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> lines(const fs::path& file) { return split(text_of(file)); }

std::vector<std::string> code_lines(const fs::path& file) { return split(without_comments(text_of(file))); }

std::optional<std::vector<fs::path>> tracked_files(const fs::path& root) {
  // Not a folder that merely lies inside some other checkout.
  if (!fs::exists(root / ".git")) {
    return std::nullopt;
  }
  const std::string command = "git -C '" + root.string() + "' ls-files -z 2>/dev/null";
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) {
    return std::nullopt;
  }
  std::vector<fs::path> files;
  std::string name;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    if (c == '\0') {
      files.emplace_back(name);
      name.clear();
    } else {
      name.push_back(static_cast<char>(c));
    }
  }
  if (pclose(pipe) != 0) {
    return std::nullopt;
  }
  return files;
}

}  // namespace relu0::house
