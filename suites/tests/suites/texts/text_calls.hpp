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

/// Sources without comments, by their path as an #include names it.
using Sources = std::map<std::string, std::string>;

/// The calls in one of the sources of each `Texts name{"file"}` that it or a header that it includes itself
/// defines, in the order of the source for each. Of two with one name its own counts.
std::vector<TextCall> text_calls(const std::string& path, const Sources& sources);

/// What is wrong between sources and text files, each as "<where>: <what>": a call that names
/// no entry with a literal or an entry that does not exist, that gives other arguments than the entry takes,
/// and an entry that no call uses. "title" and "summary" need no call: Experiment reads them from the file
/// that its id names.
std::vector<std::string> text_violations(const Sources& sources,
                                         const std::map<std::string, TextEntries, std::less<>>& texts);

}  // namespace relu0::test
