#include "suites/tests/house/rules.hpp"

#include "suites/tests/house/source_tree.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string_view>

namespace relu0::house {

namespace fs = std::filesystem;

namespace {

struct Include {
  bool quoted;
  std::string target;
};

std::optional<Include> include_of(const std::string& line) {
  static const std::regex pattern(R"re(^\s*#\s*include\s*(["<])([^">]+)[">])re");
  std::smatch match;
  if (!std::regex_search(line, match, pattern)) {
    return std::nullopt;
  }
  return Include{match[1] == "\"", match[2]};
}

std::string first_component(const fs::path& path) { return path.begin()->string(); }

/// Calls visit(file, line number, code) for each line of code of the project.
template <typename Visit>
void for_each_line(const fs::path& root, Visit visit) {
  for (const fs::path& file : cpp_files(root)) {
    std::size_t number = 0;
    for (const std::string& line : code_lines(root / file)) {
      visit(file, ++number, line);
    }
  }
}

/// A numerical engine that only some folders may know.
struct Engine {
  std::string name;
  std::set<std::string> strangers;  ///< folders that must not know it
  std::regex header;
  std::regex identifier;
};

const std::vector<Engine>& engines() {
  static const std::vector<Engine> all{
      {"LibTorch",
       {"fixtures", "reference", "reports"},
       std::regex("^(torch|ATen|c10|caffe2)/"),
       std::regex(R"(\b(torch|at|c10|caffe2)::)")},
      {"MPFR",
       {"fixtures", "reports"},
       std::regex("^(mpfr\\.h|boost/multiprecision/mpfr\\.hpp)$"),
       std::regex(R"(\bmpfr_\w)")},
  };
  return all;
}

}  // namespace

std::string at(const fs::path& file, std::size_t line, const std::string& what) {
  return file.generic_string() + ":" + std::to_string(line) + ": " + what;
}

Violations includes_from_above(const fs::path& root) {
  Violations violations;
  for_each_line(root, [&](const fs::path& file, std::size_t number, const std::string& line) {
    const std::optional<Include> include = include_of(line);
    if (!include) {
      return;
    }
    const std::optional<std::size_t> target = rank(first_component(include->target));
    if (include->quoted && !target) {
      violations.push_back(
          at(file, number, "'" + include->target + "' is not written from the root of the project"));
    }
    if (target > rank(first_component(file))) {
      violations.push_back(
          at(file, number, "includes '" + include->target + "' from a folder above its own"));
    }
  });
  return violations;
}

Violations engines_out_of_place(const fs::path& root) {
  Violations violations;
  for_each_line(root, [&](const fs::path& file, std::size_t number, const std::string& line) {
    for (const Engine& engine : engines()) {
      if (!engine.strangers.contains(first_component(file))) {
        continue;
      }
      const std::optional<Include> include = include_of(line);
      if (include ? std::regex_search(include->target, engine.header)
                  : std::regex_search(line, engine.identifier)) {
        violations.push_back(at(file, number, first_component(file) + "/ must not know " + engine.name));
      }
    }
  });
  return violations;
}

Violations crowded_folders(const fs::path& root) {
  std::map<fs::path, std::size_t> files_in;
  for (const std::string_view folder : folders) {
    if (!fs::exists(root / folder)) {
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file()) {
        ++files_in[entry.path().parent_path().lexically_relative(root)];
      }
    }
  }
  Violations violations;
  for (const auto& [folder, files] : files_in) {
    if (files > most_files_in_a_folder) {
      violations.push_back(folder.generic_string() + ": " + std::to_string(files) +
                           " files beside one another, more than " + std::to_string(most_files_in_a_folder));
    }
  }
  return violations;
}

Violations comments_that_begin_with_of(const fs::path& root) {
  static const std::regex pattern(R"(^(//[/!]?<?|/[*]+)\s*(@name\s+)?Of\s)");
  Violations violations;
  for (const fs::path& file : cpp_files(root)) {
    const std::vector<std::string> whole = lines(root / file);
    const std::vector<std::string> code = code_lines(root / file);
    bool goes_on = false;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      const auto place = std::mismatch(whole[i].begin(), whole[i].end(), code.at(i).begin()).first;
      const std::string comment(place, whole[i].end());
      const bool alone = std::all_of(whole[i].begin(), place, [](char c) { return c == ' '; });
      const bool is_name = comment.find("@name") != std::string::npos;
      if (std::regex_search(comment, pattern) && (is_name || !(alone && goes_on))) {
        violations.push_back(at(file, i + 1, "a comment begins with 'Of'; say what it is, then whose"));
      }
      goes_on = !comment.empty();
    }
  }
  return violations;
}

Violations strangers_at_the_top(const std::vector<fs::path>& tracked) {
  static const std::set<std::string> files{"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE"};
  std::set<std::string> strangers;
  for (const fs::path& path : tracked) {
    const std::string name = first_component(path);
    const bool in_folder = path.has_parent_path();
    const bool allowed = in_folder ? name == "ci" || rank(name).has_value() : files.contains(name);
    if (!allowed && !name.starts_with('.')) {
      strangers.insert(name);
    }
  }
  Violations violations;
  for (const std::string& name : strangers) {
    violations.push_back(name + ": does not belong at the top level");
  }
  return violations;
}

std::vector<std::string> slow_suites_without_tests(const std::filesystem::path& root) {
  std::string code;
  for (const std::filesystem::path& file : cpp_files(root)) {
    if (file.string().starts_with("suites/tests/")) {
      for (const std::string& line : lines(root / file)) {
        code += line;
      }
    }
  }
  std::vector<std::string> missing;
  std::vector<std::string> recorded = lines(root / "suites/tests/durations.tsv");
  for (std::size_t i = 1; i < recorded.size(); ++i) {  // below the heading
    const std::string suite = recorded[i].substr(0, recorded[i].find('\t'));
    // "suites.All/RefusedArguments": tests of RefusedArguments.
    const std::string tests = suite.substr(suite.find_last_of("./") + 1);
    if (!suite.empty() && code.find("(" + tests + ",") == std::string::npos) {
      missing.push_back(suite);
    }
  }
  return missing;
}

}  // namespace relu0::house
