#pragma once
#include "suites/measurements/base/measurement.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace relu0 {

/// "network=VGG11,precision=fp32": fields and their values, separated by commas; blanks around them do not
/// count, nor does the case of a field's letters. None for an empty text. known: the names that a field may
/// have. what: what the text is to do, for messages: "selects no measurements". Throws InputError for another
/// form, an empty value, and an unknown field, listing the known ones.
std::vector<FieldValue> parse_field_values(std::string_view text, const std::vector<std::string>& known,
                                           std::string_view what);

/// The inverse of it.
std::string field_values_text(const std::vector<FieldValue>& values);

/// "network=VGG11".
std::string text_of(const FieldValue& value);

}  // namespace relu0
