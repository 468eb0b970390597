#pragma once
#include "suites/texts/texts.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace relu0::test {

/// A call of Texts in a source: text(is_fp64 ? "claim.fp64" : "claim", "factor"_a = factor).
struct TextCall {
  std::size_t line = 0;             ///< of the source, from 1
  std::string file;                 ///< the text file, without ".toml"
  std::set<std::string> entries;    ///< the literals in the first argument: those that the call chooses from
  std::set<std::string> arguments;  ///< the names given: "factor"

  friend bool operator==(const TextCall&, const TextCall&) = default;
};

/// The calls of each `Texts name{"file"}` that a source without comments defines, in the order of the source
/// for each.
std::vector<TextCall> text_calls(const std::string& source);

/// What is wrong between sources (by their path) and text files, each as "<where>: <what>": a call that names
/// no entry with a literal or an entry that does not exist, that gives other arguments than the entry takes,
/// and an entry that no call uses. "title" and "summary" need no call: Experiment reads them from the file
/// that its id names.
std::vector<std::string> text_violations(const std::map<std::string, std::string>& sources,
                                         const std::map<std::string, TextEntries, std::less<>>& texts);

}  // namespace relu0::test
