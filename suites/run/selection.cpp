#include "suites/run/selection.hpp"

#include "fixtures/add_once.hpp"
#include "fixtures/letter_case.hpp"
#include "suites/measurements/base/field_values.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

bool same(const FieldValue& a, const FieldValue& b) {
  return same_but_for_case(a.field, b.field) && same_but_for_case(a.value, b.value);
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
    : conditions_(parse_field_values(conditions, known_fields, "selects no measurements")), kernel_(kernel) {}

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

std::string Selection::text() const { return field_values_text(conditions_); }

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
