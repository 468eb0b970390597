#pragma once
#include <string>
#include <vector>

namespace relu0 {

/// A word that a POSIX shell reads as this text: quoted where it has to be.
std::string shell_word(const std::string& text);

/// The words of a command that shell_word() wrote, as a POSIX shell reads them. Runs nothing. Throws
/// std::invalid_argument for a text that is no such command.
std::vector<std::string> shell_words(const std::string& command);

}  // namespace relu0
