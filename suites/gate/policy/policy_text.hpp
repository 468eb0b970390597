#pragma once
#include "suites/gate/policy/policy.hpp"

#include <string>
#include <string_view>

namespace relu0::gate {

/// A text as a basic string of TOML, with its quotes: what TOML does not take as it is is escaped, and what
/// is not UTF-8 becomes U+FFFD.
std::string toml_string(std::string_view text);

/// A finite number as TOML, with as many digits as read back as the same.
std::string toml_number(double value);

/// A comment of any length, in lines that begin with "# ".
std::string toml_comment(std::string_view text);

/// "impacted_share = { warn = 0.05, fail = 0.2 }"
std::string setting_text(Limit limit, const Tiers& tiers);

}  // namespace relu0::gate
