#include "suites/measurements/base/field_values.hpp"

#include "fixtures/error.hpp"
#include "fixtures/letter_case.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

std::string_view without_blanks_around(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

FieldValue parse_field_value(std::string_view text, const std::vector<std::string>& known,
                             std::string_view what) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view name = without_blanks_around(text.substr(0, equals));
  const std::string_view value = without_blanks_around(text.substr(std::min(equals + 1, text.size())));
  if (name.empty() || value.empty()) {
    throw InputError(
        fmt::format("'{}' {}: give FIELD=VALUE, where FIELD is one of {}; several separated by commas, and a "
                    "field again for each further value",
                    text, what, fmt::join(known, ", ")));
  }
  const auto found = std::find_if(known.begin(), known.end(), [name](const std::string& field) {
    return same_but_for_case(field, name);
  });
  if (found == known.end()) {
    throw InputError(fmt::format("'{}' {}: there is no field '{}'; the fields are {}", text, what, name,
                                 fmt::join(known, ", ")));
  }
  return {*found, std::string(value)};
}

}  // namespace

std::vector<FieldValue> parse_field_values(std::string_view text, const std::vector<std::string>& known,
                                           std::string_view what) {
  std::vector<FieldValue> values;
  // A comma at the end is followed by a value that is missing.
  for (std::size_t begin = 0; begin <= text.size() && !text.empty();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    values.push_back(parse_field_value(text.substr(begin, comma - begin), known, what));
    begin = comma + 1;
  }
  return values;
}

std::string field_values_text(const std::vector<FieldValue>& values) {
  std::vector<std::string> texts;
  std::transform(values.begin(), values.end(), std::back_inserter(texts), text_of);
  return fmt::format("{}", fmt::join(texts, ","));
}

std::string text_of(const FieldValue& value) { return fmt::format("{}={}", value.field, value.value); }

}  // namespace relu0
