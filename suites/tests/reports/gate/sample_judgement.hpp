#pragma once
#include "reports/model/gate/judgement.hpp"

#include <string>

namespace relu0::gate::test {

/// A name with what breaks writers: control characters, invalid UTF-8, a non-character, markup of HTML, XML,
/// Markdown and the terminal, a line break.
extern const std::string odd_name;

/// A red judgement with a check of every verdict, odd names everywhere, numbers that are not finite, and two
/// checks that are about the same.
Judgement sample_judgement();

/// sample_judgement() with so many more checks of a verdict, each with a name of its own of `length` bytes.
Judgement large_judgement(std::size_t checks, CheckVerdict verdict, std::size_t length);

}  // namespace relu0::gate::test
