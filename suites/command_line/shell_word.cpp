#include "suites/command_line/shell_word.hpp"

#include <algorithm>
#include <cctype>
#include <new>
#include <stdexcept>
#include <string_view>

#include <wordexp.h>

namespace relu0 {

std::string shell_word(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("_-./=,:+@%").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) {
    return text;
  }
  std::string result = "'";
  for (const char c : text) {
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return result + "'";
}

std::vector<std::string> shell_words(const std::string& command) {
  wordexp_t found{};
  const int failure = wordexp(command.c_str(), &found, WRDE_NOCMD | WRDE_UNDEF);
  if (failure != 0 && failure != WRDE_NOSPACE) {
    throw std::invalid_argument("'" + command + "' is no plain command");
  }
  std::vector<std::string> words(found.we_wordv, found.we_wordv + found.we_wordc);
  wordfree(&found);
  if (failure == WRDE_NOSPACE) {
    throw std::bad_alloc();
  }
  return words;
}

}  // namespace relu0
