#pragma once
#include "suites/texts/texts.hpp"

namespace relu0::verdict_rules {

/// The sentences of the verdict rules.
inline constexpr Texts text{"verdict-rules"};

}  // namespace relu0::verdict_rules
