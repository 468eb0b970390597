#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

/// The sentences of reports, kept as data.
///
/// What a report prints as prose stands in a text file: titles, summaries, claims, captions, and the
/// sentences on what was published, measured, compared and decided. What labels one number stays in the code
/// beside it: columns and cells of tables, axes, units, and names that are put together from those of
/// networks, precisions and rules.
///
/// There is one file for each experiment (suites/experiments/texts/<id>.toml), one for what several share,
/// and one for the verdict rules (suites/verdicts/texts). They are TOML: an entry is a name and a text, and
/// "[figure]" before "title" names the entry "figure.title". A line break in a text, with the spaces around
/// it, means one space. "{networks}" stands for the argument of that name and takes fmt's format
/// specifications ("{share:.1f}"); a brace itself is written twice. All files are compiled into the
/// executable.
namespace relu0 {

/// The texts of one file.
///
///     constexpr Texts text{"depth"};
///     text("claim.grows", "factor"_a = study.factor)
///
/// The name of the file and of the entry are literals there, so that a test can hold every call against the
/// files: every entry is used, and every call names an entry and gives exactly the arguments that the entry
/// names.
class Texts {
 public:
  /// file: a file's name without ".toml". Only a view of it is kept.
  explicit constexpr Texts(std::string_view file) : file_(file) {}

  /// The entry's text with its arguments in place. Throws std::logic_error where there is no such file or
  /// entry, where an argument is missing, or where its format does not fit it.
  template <typename... Arguments>
  [[nodiscard]] std::string operator()(std::string_view entry, const Arguments&... arguments) const {
    return formatted(entry, fmt::make_format_args(arguments...));
  }

 private:
  [[nodiscard]] std::string formatted(std::string_view entry, fmt::format_args arguments) const;

  std::string_view file_;
};

/// "networks"_a = 3: the argument for "{networks}".
using fmt::literals::operator""_a;

/// The texts of a file by the name of their entry.
using TextEntries = std::map<std::string, std::string, std::less<>>;

/// A text without space at its ends, each line break and the space around it as one space.
std::string folded_text(std::string_view text);

/// The entries of a file's TOML, their line breaks folded. Throws std::logic_error, which names the file and
/// the line or the entry, where it is not TOML, an entry is not a text, or a text has an argument without a
/// name or a single brace.
TextEntries parse_texts(std::string_view file, std::string_view toml);

/// The names of a text's arguments. Throws std::logic_error where one has no name or a brace stands alone.
std::set<std::string> text_arguments(std::string_view text);

/// Every file that is compiled in, by its name without ".toml".
const std::map<std::string, TextEntries, std::less<>>& all_texts();

}  // namespace relu0
