#pragma once
#include <string_view>
#include <vector>

namespace relu0 {

/// A text file as it was at build time.
struct TextFile {
  std::string_view name;  ///< without ".toml"
  std::string_view toml;
};

/// The text files of suites; the definition is generated from text_files.cpp.in.
std::vector<TextFile> text_files();

/// suites/claims/paper_claims.toml as it was at build time.
std::string_view paper_claims_file();

}  // namespace relu0
