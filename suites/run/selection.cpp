#include "suites/run/selection.hpp"

#include "fixtures/add_once.hpp"
#include "fixtures/error.hpp"
#include "fixtures/letter_case.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

bool same(const FieldValue& a, const FieldValue& b) {
  return same_but_for_case(a.field, b.field) && same_but_for_case(a.value, b.value);
}

std::string text_of(const FieldValue& condition) {
  return fmt::format("{}={}", condition.field, condition.value);
}

std::string_view without_blanks_around(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

FieldValue parse_condition(std::string_view text, const std::vector<std::string>& known_fields) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view name = without_blanks_around(text.substr(0, equals));
  const std::string_view value = without_blanks_around(text.substr(std::min(equals + 1, text.size())));
  if (name.empty() || value.empty()) {
    throw InputError(
        fmt::format("'{}' selects no measurements: give FIELD=VALUE, where FIELD is one of {}; several "
                    "separated by commas",
                    text, fmt::join(known_fields, ", ")));
  }
  const auto known = std::find_if(known_fields.begin(), known_fields.end(), [name](const std::string& field) {
    return same_but_for_case(field, name);
  });
  if (known == known_fields.end()) {
    throw InputError(fmt::format("measurements cannot be selected by '{}': the fields are {}", name,
                                 fmt::join(known_fields, ", ")));
  }
  return {*known, std::string(value)};
}

}  // namespace

std::vector<std::string> selectable_fields(const Measurements& kinds) {
  std::vector<std::string> names;
  for (const MeasurementPtr& kind : kinds) {
    for (const FieldValue& field : kind->field_values()) {
      add_once(names, field.field);
    }
  }
  return names;
}

Selection::Selection(std::string_view conditions, const std::vector<std::string>& known_fields,
                     const KernelChoice& kernel)
    : kernel_(kernel) {
  // A comma at the end is followed by a condition that is missing.
  for (std::size_t begin = 0; begin <= conditions.size() && !conditions.empty();) {
    const std::size_t comma = std::min(conditions.find(',', begin), conditions.size());
    conditions_.push_back(parse_condition(conditions.substr(begin, comma - begin), known_fields));
    begin = comma + 1;
  }
}

bool Selection::selects(const Measurement& measurement) const {
  const std::vector<FieldValue> fields = measurement.field_values(kernel_);
  return std::all_of(conditions_.begin(), conditions_.end(), [&](const FieldValue& condition) {
    return std::any_of(conditions_.begin(), conditions_.end(), [&](const FieldValue& alternative) {
      return same_but_for_case(alternative.field, condition.field) &&
             std::any_of(fields.begin(), fields.end(),
                         [&](const FieldValue& field) { return same(field, alternative); });
    });
  });
}

Measurements Selection::of(const Measurements& measurements) const {
  Measurements selected;
  std::copy_if(measurements.begin(), measurements.end(), std::back_inserter(selected),
               [this](const MeasurementPtr& measurement) { return selects(*measurement); });
  return selected;
}

std::vector<std::string> Selection::unmet(const Measurements& measurements) const {
  std::vector<std::string> result;
  for (const FieldValue& condition : conditions_) {
    const bool met =
        std::any_of(measurements.begin(), measurements.end(), [&](const MeasurementPtr& measurement) {
          const std::vector<FieldValue> fields = measurement->field_values(kernel_);
          return std::any_of(fields.begin(), fields.end(),
                             [&](const FieldValue& field) { return same(field, condition); });
        });
    if (!met) {
      result.push_back(text_of(condition));
    }
  }
  return result;
}

std::string Selection::text() const {
  std::vector<std::string> texts;
  std::transform(conditions_.begin(), conditions_.end(), std::back_inserter(texts), text_of);
  return fmt::format("{}", fmt::join(texts, ","));
}

std::string describe_field_values(const Measurements& measurements, const KernelChoice& kernel) {
  std::vector<std::string> lines;
  for (const std::string& name : selectable_fields(measurements)) {
    std::vector<std::string> values;
    for (const MeasurementPtr& measurement : measurements) {
      for (const FieldValue& field : measurement->field_values(kernel)) {
        if (field.field == name) {
          add_once(values, field.value);
        }
      }
    }
    lines.push_back(fmt::format("  {}: {}", name, fmt::join(values, ", ")));
  }
  return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace relu0
