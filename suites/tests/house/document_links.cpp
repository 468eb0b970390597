#include "suites/tests/house/document_links.hpp"

#include "suites/tests/house/source_tree.hpp"

#include <cctype>
#include <regex>
#include <set>
#include <string>

namespace relu0::house {

namespace fs = std::filesystem;

namespace {

/// The lines of a Markdown file, those of blocks of code empty.
std::vector<std::string> prose_of(const fs::path& file) {
  std::vector<std::string> prose = lines(file);
  bool in_code = false;
  for (std::string& line : prose) {
    const bool is_fence = line.starts_with("```");
    if (is_fence || in_code) {
      line.clear();
    }
    in_code = in_code != is_fence;
  }
  return prose;
}

std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ') {
      anchor += '-';
    } else if (std::isalnum(byte) != 0 || c == '-' || c == '_') {
      anchor += static_cast<char>(std::tolower(byte));
    }
  }
  return anchor;
}

std::set<std::string> anchors_of(const fs::path& file) {
  std::set<std::string> anchors;
  for (const std::string& line : prose_of(file)) {
    if (const std::size_t text = line.find_first_not_of('#');
        text != 0 && text != std::string::npos && line[text] == ' ') {
      anchors.insert(anchor_of(line.substr(text + 1)));
    }
  }
  return anchors;
}

}  // namespace

Violations broken_links(const fs::path& root, const std::vector<fs::path>& tracked) {
  static const std::regex link(R"(\]\(([^)#\s]*)(#[^)\s]*)?\))");
  Violations violations;
  for (const fs::path& document : tracked) {
    if (document.extension() != ".md") {
      continue;
    }
    std::size_t number = 0;
    for (const std::string& line : prose_of(root / document)) {
      ++number;
      for (auto found = std::sregex_iterator(line.begin(), line.end(), link); found != std::sregex_iterator();
           ++found) {
        const std::string path = (*found)[1];
        const std::string anchor = (*found)[2];
        if (path.find("://") != std::string::npos) {
          continue;
        }
        const fs::path target = path.empty() ? root / document : root / document.parent_path() / path;
        if (!fs::exists(target)) {
          violations.push_back(at(document, number, "links to '" + path + "', which is not there"));
        } else if (!anchor.empty() && !anchors_of(target).contains(anchor.substr(1))) {
          violations.push_back(
              at(document, number, "links to '" + path + anchor + "', which is no heading there"));
        }
      }
    }
  }
  return violations;
}

}  // namespace relu0::house
