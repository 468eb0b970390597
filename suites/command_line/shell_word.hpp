#pragma once
#include <string>

namespace relu0 {

/// A word that a POSIX shell reads as this text: quoted where it has to be.
std::string shell_word(const std::string& text);

}  // namespace relu0
