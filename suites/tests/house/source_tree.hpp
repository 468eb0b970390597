#pragma once
#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relu0::house {

/// The folders of C++ code from the ground up: a folder may include from itself and from those before it.
inline constexpr std::array<std::string_view, 5> folders{"fixtures", "reference", "analysis", "reports",
                                                         "suites"};

/// The place of a folder in `folders`; absent for any other name.
std::optional<std::size_t> rank(std::string_view folder);

/// The .cpp and .hpp files in `folders` under `root`, relative to it, sorted.
std::vector<std::filesystem::path> cpp_files(const std::filesystem::path& root);

/// A file's lines as they are.
std::vector<std::string> lines(const std::filesystem::path& file);

/// A file's lines with comments blanked, so that what is left is code. Literals stay, and so does each
/// character's place.
std::vector<std::string> code_lines(const std::filesystem::path& file);

/// What git tracks under `root`, relative to it; absent when `root` is no git checkout, or git is missing or
/// refuses.
std::optional<std::vector<std::filesystem::path>> tracked_files(const std::filesystem::path& root);

}  // namespace relu0::house
