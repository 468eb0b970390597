#pragma once
#include "analysis/gate/measured.hpp"
#include "analysis/torchscript/kinks/script_kinks.hpp"

#include <string_view>
#include <vector>

namespace relu0::gate {

/// The choices that a pair compares, everything else native: at points and pair ties numbers, at ties of
/// pools and reductions "first", "last" or "mean". `a`: whether the first of the two is meant.
ScriptChoices choices_of(const ValuePair& pair, bool a);

/// The pair that is compared at a kink where a user names none: the derivatives on its two sides where these
/// do not depend on the operator's arguments (relu: 0 and 1; absolute: −1 and 1; the ends of a clamp: 0 and
/// 1), 0 and 1 at a leaky ReLU, whose slope on the left is an argument, and at hard shapes; at a tie of two
/// operands the whole gradient to the second or the first; at other ties the first or the last of the tied.
ValuePair usual_pair(ScriptKink kink);

/// "relu=0,1": a kink (name(ScriptKink)) and the two values compared there. Throws InputError, which lists
/// the kinks or says what a value may be, for anything else and for two values that are the same.
ValuePair parse_value_pair(std::string_view text);

/// Whether two pairs compare the same choices at the same kink, in whichever order and spelling ("0" and
/// "0.0").
bool compare_the_same(const ValuePair& one, const ValuePair& other);

/// The inverse of name(ScriptKink). Throws InputError listing the names.
ScriptKink parse_script_kink(std::string_view text);

}  // namespace relu0::gate
