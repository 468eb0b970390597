#include "suites/tests/house/how_to_add.hpp"

#include "suites/tests/text_file.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace relu0::house {

namespace fs = std::filesystem;

namespace {

using test::text_of;

/// What stands between backticks.
std::vector<std::string> quoted(const std::string& text) {
  static const std::regex pattern("`([^`]+)`");
  std::vector<std::string> result;
  for (auto found = std::sregex_iterator(text.begin(), text.end(), pattern); found != std::sregex_iterator();
       ++found) {
    result.push_back((*found)[1]);
  }
  return result;
}

/// Lower case, without '_' and '-': how "LeakyRelu", "leaky_relu" and "leaky-relu" are one name.
std::string folded(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c != '_' && c != '-') {
      result.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    }
  }
  return result;
}

/// The words of a file, folded, and what they begin with up to each '_': "depth_experiment" names "depth"
/// too, but "leaky_relu" does not name "relu".
std::set<std::string> names_in(const std::string& text) {
  static const std::regex word("[A-Za-z0-9_-]+");
  std::set<std::string> names;
  for (auto found = std::sregex_iterator(text.begin(), text.end(), word); found != std::sregex_iterator();
       ++found) {
    const std::string whole = found->str();
    for (std::size_t end = whole.find('_'); end != std::string::npos; end = whole.find('_', end + 1)) {
      names.insert(folded(whole.substr(0, end)));
    }
    names.insert(folded(whole));
  }
  return names;
}

/// The names that "<name>" stands for in files that match the pattern, folded.
std::set<std::string> names_of(const fs::path& root, const std::string& pattern) {
  static const std::regex special(R"([.+()\[\]{}^$|\\])");
  std::string expression = std::regex_replace(pattern, special, R"(\$&)");
  expression = std::regex_replace(expression, std::regex(R"(\*)"), "[^/]+");
  const std::regex matcher(std::regex_replace(expression, std::regex("<name>"), "([^/.]+)"));
  const fs::path folder = root / pattern.substr(0, std::min(pattern.find('*'), pattern.find("/<name>")));
  std::set<std::string> names;
  if (!fs::exists(folder)) {
    return names;
  }
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().lexically_relative(root).generic_string();
    std::smatch match;
    if (entry.is_regular_file() && std::regex_match(path, match, matcher)) {
      names.insert(folded(match[1]));
    }
  }
  return names;
}

/// One row of the table.
struct Row {
  std::vector<std::string> patterns;
  std::vector<std::string> lists;
};

std::vector<Row> rows_of(const std::string& readme) {
  std::vector<Row> rows;
  const std::size_t begin = readme.find("\n## How to add");
  if (begin == std::string::npos) {
    return rows;
  }
  std::istringstream section(readme.substr(begin + 1, readme.find("\n## ", begin + 1) - begin));
  for (std::string line; std::getline(section, line);) {
    static const std::regex cells(R"(^\|([^|]*)\|([^|]*)\|([^|]*)\|$)");
    std::smatch match;
    if (std::regex_match(line, match, cells) && line.find('`') != std::string::npos) {
      rows.push_back({quoted(match[2]), quoted(match[3])});
    }
  }
  return rows;
}

void check(const fs::path& root, const Row& row, Violations& violations) {
  std::map<std::string, std::size_t> files_of;
  for (const std::string& pattern : row.patterns) {
    const std::set<std::string> names = names_of(root, pattern);
    if (names.empty()) {
      violations.push_back("README.md: no file is named as " + pattern);
    }
    for (const std::string& name : names) {
      ++files_of[name];
    }
  }
  std::erase_if(files_of, [&row](const auto& entry) { return entry.second != row.patterns.size(); });
  if (files_of.size() < 2) {
    violations.push_back("README.md: fewer than two things have all files of the row of " +
                         row.patterns.front());
  }
  for (const std::string& list : row.lists) {
    const std::set<std::string> named = names_in(text_of(root / list));
    for (const auto& [name, files] : files_of) {
      if (!named.contains(name)) {
        violations.push_back(list + ": does not name " + name);
      }
    }
  }
}

}  // namespace

Violations broken_how_to_add(const fs::path& root) {
  const std::vector<Row> rows = rows_of(text_of(root / "README.md"));
  if (rows.empty()) {
    return {"README.md: has no table under \"How to add\""};
  }
  Violations violations;
  for (const Row& row : rows) {
    check(root, row, violations);
  }
  return violations;
}

}  // namespace relu0::house
