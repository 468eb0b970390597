#include "reports/writers/html/dictionary.hpp"

#include "reports/model/text.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <string>
#include <string_view>

#include <ctemplate/template.h>
#include <fmt/format.h>

namespace relu0 {

using ctemplate::TemplateDictionary;

void set(TemplateDictionary& dictionary, const char* variable, std::string_view text) {
  dictionary.SetValue(variable, printable(text));
}

void set_section(TemplateDictionary& dictionary, const char* section, const char* variable,
                 const std::string& text) {
  if (!text.empty()) {
    set(*dictionary.AddSectionDictionary(section), variable, text);
  }
}

void set_command(TemplateDictionary& dictionary, const char* section, std::string_view command) {
  if (command.empty()) {
    return;
  }
  TemplateDictionary& shown = *dictionary.AddSectionDictionary(section);
  for (std::size_t begin = 0; begin <= command.size();) {
    const std::size_t end = std::min(command.find(' ', begin), command.size());
    set(*shown.AddSectionDictionary("WORD"), "TEXT", command.substr(begin, end - begin));
    begin = end + 1;
  }
}

void know_template(const char* key, std::string_view text) {
  // The library keeps parsed templates by name; a second time is no error.
  ctemplate::StringToTemplateCache(key, text.data(), text.size(), ctemplate::STRIP_BLANK_LINES);
}

std::string expand(const TemplateDictionary& page, const char* key, std::string_view text) {
  know_template(key, text);
  std::string html;
  if (!ctemplate::ExpandTemplate(key, ctemplate::STRIP_BLANK_LINES, &page, &html)) {
    throw std::logic_error(std::string("the template ") + key + " cannot be expanded");
  }
  return html;
}

std::string Anchors::make(std::string_view kind, const std::string& words) {
  std::string base = fmt::format("{}-", kind);
  for (const char c : words) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte < 0x80 && std::isalnum(byte) != 0;
    if (plain) {
      base += static_cast<char>(std::tolower(byte));
    }
    if (!plain && base.back() != '-') {
      base += '-';
    }
  }
  while (base.back() == '-') {
    base.pop_back();
  }
  std::string anchor = base;
  for (int copy = 2; !taken_.insert(anchor).second; ++copy) {
    anchor = fmt::format("{}-{}", base, copy);
  }
  return anchor;
}

}  // namespace relu0
