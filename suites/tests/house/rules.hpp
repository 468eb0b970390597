#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace relu0::house {

/// What breaks a rule, each as "<file>:<line>: <what is wrong>"; empty where the rule is kept.
using Violations = std::vector<std::string>;

/// One of them. `line` counts from 1.
std::string at(const std::filesystem::path& file, std::size_t line, const std::string& what);

/// A file includes only from its own folder and those below it, and writes the project's includes from the
/// root
/// ("fixtures/network/network.hpp").
Violations includes_from_above(const std::filesystem::path& root);

/// Only analysis and suites know LibTorch; fixtures and reports do not know MPFR. Comments may name both.
Violations engines_out_of_place(const std::filesystem::path& root);

/// How many files may stand beside one another in a folder, so that it can be read at a glance.
inline constexpr std::size_t most_files_in_a_folder = 25;

/// No folder of C++ code holds more than most_files_in_a_folder files of any kind; its sub-folders do not
/// count.
Violations crowded_folders(const std::filesystem::path& root);

/// No comment begins with "Of …", nor does the name of a group of declarations: such a comment says whose a
/// thing is instead of what it is. A line that goes on with the sentence of the comment line above it may.
Violations comments_that_begin_with_of(const std::filesystem::path& root);

/// The top level holds the folders of the house, CMakeLists.txt, CMakePresets.json, README.md, LICENSE and
/// files whose name begins with a dot. `tracked` are paths relative to the root.
Violations strangers_at_the_top(const std::vector<std::filesystem::path>& tracked);

/// Suites that suites/tests/durations.tsv records as slow and that no test below suites/tests belongs to: one
/// that was renamed would come under the label 'quick' unseen.
std::vector<std::string> slow_suites_without_tests(const std::filesystem::path& root);

}  // namespace relu0::house
