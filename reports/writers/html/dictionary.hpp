#pragma once
#include <set>
#include <string>
#include <string_view>

#include <ctemplate/template.h>

namespace relu0 {

/// Gives a variable of the template a text from the store, made printable; the template escapes it.
void set(ctemplate::TemplateDictionary& dictionary, const char* variable, std::string_view text);

/// Shows the section with this text as its variable, unless there is none.
void set_section(ctemplate::TemplateDictionary& dictionary, const char* section, const char* variable,
                 const std::string& text);

/// Shows the section, and in it WORD for each of the command's words, which become its TEXT, so that a line
/// can be made to end between them. Nothing where there is no command.
void set_command(ctemplate::TemplateDictionary& dictionary, const char* section, std::string_view command);

/// The page of a template whose text is known as `key`; texts of one key must be the same. Throws
/// std::logic_error where the template has an error.
std::string expand(const ctemplate::TemplateDictionary& page, const char* key, std::string_view text);

/// Makes the text of a template known as `key`, for expand() and for other templates that include it.
void know_template(const char* key, std::string_view text);

/// @name The keys of the templates that others include
/// @{
inline constexpr const char* figure_template_key = "relu0/figure.html";
inline constexpr const char* heat_map_template_key = "relu0/heat_map.html";
/// @}

/// Ids of HTML elements: words from the store, made fit for a link, each given out once.
class Anchors {
 public:
  std::string make(std::string_view kind, const std::string& words);

 private:
  std::set<std::string> taken_;
};

}  // namespace relu0
