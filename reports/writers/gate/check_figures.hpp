#pragma once
#include "reports/model/gate/judgement.hpp"

#include <string>

namespace relu0 {

/// A check's figures for a reader; "" where one is absent. gate.json has all digits.
struct CheckFigures {
  std::string seen;
  std::string allowed;
  std::string margin;
};

/// With at most six digits, but with all of them where what was seen and what is allowed would look the same
/// though they are not: a limit missed by one unit in the last place does not read like one that is met.
CheckFigures figures_of(const gate::Check& check);

}  // namespace relu0
